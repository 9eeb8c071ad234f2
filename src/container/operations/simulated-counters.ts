import type { MemoryCounterStore } from '../../adapters/memory/counter-store.ts';
import { createMemoryCounterStore } from '../../adapters/memory/counter-store.ts';
import type { Clock } from '../../ports/clock.ts';

/** Counters that decide as those of a service do; `stats` tells of live ones that had to make room. */
export type SimulatedCounters = Pick<MemoryCounterStore, 'consume' | 'consumeAll' | 'stats'>;

/** `maxKeys`: the most counters kept at once. */
export function openSimulatedCounters(clock: Clock, maxKeys: number): SimulatedCounters {
  return createMemoryCounterStore({ clock, maxKeys });
}
