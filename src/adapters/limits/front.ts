import type { CounterRequest, CounterStore } from '../../ports/counter-store.ts';
import type { StartTimer } from './alarm.ts';
import type { BlockCacheStats } from './block-cache.ts';
import { DEFAULT_MAX_HOLD_MS, withBlockCache } from './block-cache.ts';
import type { CoalescingStats } from './coalescing.ts';
import { withCoalescing } from './coalescing.ts';
import type { LeaseStats } from './leases.ts';
import { isLeasable, LEASE_DEFAULTS, withLeases } from './leases.ts';

export interface CounterFrontOptions {
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  /** How many instances share the counters, for leases. */
  readonly instances: () => number;
  readonly blockCache: boolean;
  readonly coalescing: boolean;
  readonly leases: boolean;
  /** As of {@link withLeases}. */
  readonly onError: (error: unknown) => void;
  /** The most keys that denials are kept of, and counters that leases are. Default: as of each part. */
  readonly maxKeys?: number;
  /** For leases. Default: a timer of Node that keeps no process alive. */
  readonly startTimer?: StartTimer;
}

/** Of the parts that are there. */
export interface CounterFrontStats {
  readonly blockCache?: BlockCacheStats;
  readonly leases?: LeaseStats;
  readonly coalescing?: CoalescingStats;
}

export type CounterFront = CounterStore & {
  stats(): CounterFrontStats;
  /** Gives back what is leased; the front can still be used, without leases. */
  close(): Promise<void>;
};

/**
 * The fast path to a counter store. A check is answered by a denial that still holds, else by units in hand, else together with
 * others of the same turn.
 *
 * A denial of a counter that others may hold leases of is remembered for as long as a lease lasts and no longer. So nobody is denied
 * for longer than twice that and a round trip by units that lie unused elsewhere.
 */
export function createCounterFront(store: CounterStore, options: CounterFrontOptions): CounterFront {
  const coalescing = options.coalescing ? withCoalescing(store) : undefined;
  const { maxKeys } = options;
  const leases = options.leases
    ? withLeases(coalescing ?? store, { ...options, ...(maxKeys && { maxCounters: maxKeys }) })
    : undefined;
  const below = leases ?? coalescing ?? store;
  const maxHoldMs = (request: CounterRequest) =>
    leases !== undefined && isLeasable(request, LEASE_DEFAULTS)
      ? LEASE_DEFAULTS.leaseMs
      : DEFAULT_MAX_HOLD_MS;
  const blockCache = options.blockCache
    ? withBlockCache(below, { clock: options.clock, maxHoldMs, ...(maxKeys && { maxKeys }) })
    : undefined;

  return {
    ...(blockCache ?? below),
    stats: () => ({
      ...(blockCache && { blockCache: blockCache.stats() }),
      ...(leases && { leases: leases.stats() }),
      ...(coalescing && { coalescing: coalescing.stats() }),
    }),
    close: async () => leases?.close(),
  };
}
