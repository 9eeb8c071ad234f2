import type { StartTimer } from './alarm.ts';
import { createAlarm } from './alarm.ts';
import type { GiveBacks } from './give-backs.ts';
import type { Lease } from './lease.ts';

export interface LeaseKeeperOptions {
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  readonly startTimer: StartTimer;
  readonly giveBacks: Pick<GiveBacks, 'giveBack'>;
}

/** Sees to it that units which nobody asks for go back in time. */
export interface LeaseKeeper {
  hold(lease: Lease): void;
  /** Nothing can be drawn from it any more. Resolves when its units are back, or are to be brought back later. */
  giveBack(lease: Lease): Promise<void>;
  /** Leases with units in hand. */
  leases(): number;
}

export function createLeaseKeeper({ clock, startTimer, giveBacks }: LeaseKeeperOptions): LeaseKeeper {
  const held = new Set<Lease>();
  const alarm = createAlarm(clock, startTimer, () => {
    const nowMs = clock();
    for (const lease of held) if (lease.endsAtMs <= nowMs) void giveBack(lease);
    for (const lease of held) alarm.setFor(lease.endsAtMs);
  });

  async function giveBack(lease: Lease): Promise<void> {
    const { taking, left: units, wholeAtMs } = lease;
    lease.left = 0;
    held.delete(lease);
    if (held.size === 0) alarm.stop();
    if (units > 0) await giveBacks.giveBack({ ...taking, cost: units }, wholeAtMs);
  }

  return {
    hold(lease) {
      held.add(lease);
      alarm.setFor(lease.endsAtMs);
    },
    giveBack,
    leases: () => [...held].filter(({ left }) => left > 0).length,
  };
}
