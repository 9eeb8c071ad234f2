import { takeUnits } from '../../domain/limits/algorithm.ts';
import { LIMIT_ALGORITHMS } from '../../domain/limits/algorithms.ts';
import type { Policy } from '../../domain/limits/policy.ts';
import { createSteadyClock } from '../../domain/limits/steady-clock.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CounterStore } from '../../ports/counter-store.ts';
import { filedKey } from './counters/counter-index.ts';
import type { CounterStats } from './counters/counter-table.ts';
import { createCounterTable } from './counters/counter-table.ts';

export interface MemoryCounterOptions {
  readonly clock: Clock;
  /** The most counters kept at once; a key has one for each algorithm and window it is asked with. Default: 1,000,000. */
  readonly maxKeys?: number;
}

export type MemoryCounterStore = CounterStore & { readonly stats: () => CounterStats };

const DEFAULT_MAX_KEYS = 1_000_000;

/**
 * Counters of this process alone. There are no timers: each `consume` drops a few counters that have expired. When the
 * store is full of ones that still count, the one that is whole again soonest makes room; `stats` says how often.
 */
export function createMemoryCounterStore(options: MemoryCounterOptions): MemoryCounterStore {
  const now = createSteadyClock(options.clock);
  const counters = createCounterTable(options.maxKeys ?? DEFAULT_MAX_KEYS);

  return {
    async consume(request, call) {
      call.signal.throwIfAborted();
      const { policy, cost } = request;
      const key = filedKey(request.key);
      const name = nameOf(policy);
      const at = now();
      counters.dropExpired(at);
      const counter = counters.find(key, name);
      const algorithm = LIMIT_ALGORITHMS[policy.algorithm];
      const { decision, next } = takeUnits(algorithm, counter?.state, policy, cost, at);
      if (next === undefined) return decision;
      if (counter === undefined) counters.add(key, name, next, at);
      else counters.update(counter, next);
      return decision;
    },

    async peek({ key, policy, cost }, call) {
      call.signal.throwIfAborted();
      const state = counters.find(filedKey(key), nameOf(policy))?.state;
      return LIMIT_ALGORITHMS[policy.algorithm].look(state, policy, cost, now());
    },

    async reset(key, call) {
      call.signal.throwIfAborted();
      counters.dropKey(filedKey(key));
    },

    stats: counters.stats,
  };
}

function nameOf({ algorithm, windowMs }: Policy): string {
  return `${algorithm}:${windowMs}`;
}
