import type { Clock } from '../../ports/clock.ts';
import type { Leases } from '../../ports/leases.ts';

interface Lease {
  readonly holder: string;
  readonly endsAtMs: number;
}

/** Leases among the workers of this process. */
export function createMemoryLeases({ clock }: { readonly clock: Clock }): Leases {
  const leases = new Map<string, Lease>();
  return {
    async acquire(name, holder, ttlMs, call) {
      call.signal.throwIfAborted();
      const held = leases.get(name);
      if (held !== undefined && held.holder !== holder && held.endsAtMs > clock.now()) return false;
      leases.set(name, { holder, endsAtMs: clock.now() + ttlMs });
      return true;
    },
    async release(name, holder, call) {
      call.signal.throwIfAborted();
      if (leases.get(name)?.holder === holder) leases.delete(name);
    },
  };
}
