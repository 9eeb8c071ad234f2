import type { Moment } from '../../domain/limits/algorithm.ts';
import { demandPermit } from '../../domain/limits/concurrency.ts';
import { demandDistinct } from '../../domain/limits/counter-name.ts';
import { createSteadyClock } from '../../domain/limits/steady-clock.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import type { CounterStats, CounterTable } from './counters/counter-table.ts';
import { createCounterTable } from './counters/counter-table.ts';
import type { Counting } from './counters/counting.ts';
import { createCounting } from './counters/counting.ts';

export interface MemoryCounterOptions {
  readonly clock: Clock;
  /**
   * The most counters and permits kept at once; a key has a counter for each algorithm and window it is asked with. Default:
   * 1,000,000.
   */
  readonly maxKeys?: number;
}

export type MemoryCounterStore = CounterStore & { readonly stats: () => CounterStats };

const DEFAULT_MAX_KEYS = 1_000_000;

/**
 * Counters of this process alone. There are no timers: each call that takes drops a few counters that have expired. When the
 * store is full of ones that still count, the one that is whole again soonest makes room; `stats` says how often.
 */
export function createMemoryCounterStore(options: MemoryCounterOptions): MemoryCounterStore {
  const now = createSteadyClock(options.clock);
  const table = createCounterTable(options.maxKeys ?? DEFAULT_MAX_KEYS);
  const counting = createCounting(table);
  const take = takeAllWith(table, counting, now);

  return {
    async consume(request, call) {
      call.signal.throwIfAborted();
      demandPermit(request);
      const at = now();
      table.dropExpired(at);
      return counting.consume(request, at);
    },

    async peek(request, call) {
      call.signal.throwIfAborted();
      return counting.foresee(request, now());
    },

    async consumeAll(requests, call) {
      call.signal.throwIfAborted();
      return take(requests);
    },

    consumeNow: (requests) => take(requests),

    async consumeUpTo(request, least, call) {
      call.signal.throwIfAborted();
      demandPermit(request);
      const at = now();
      table.dropExpired(at);
      return counting.consumeUpTo(request, least, at);
    },

    async refund(refund, call) {
      call.signal.throwIfAborted();
      counting.refund(refund, now());
    },

    async block(key, policy, forMs, call) {
      call.signal.throwIfAborted();
      const at = now();
      table.dropExpired(at);
      counting.block(key, policy, forMs, at);
    },

    async reset(key, call) {
      call.signal.throwIfAborted();
      table.dropKey(key);
    },

    stats: table.stats,
  };
}

function takeAllWith(table: CounterTable, counting: Counting, now: () => Moment) {
  return (requests: readonly CounterRequest[]): readonly Decision[] => {
    for (const request of requests) demandPermit(request);
    demandDistinct(requests);
    const at = now();
    table.dropExpired(at);
    return counting.consumeAll(requests, at);
  };
}
