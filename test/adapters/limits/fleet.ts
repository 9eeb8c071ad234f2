import type { LeasesOptions, LeasingStore } from '../../../src/adapters/limits/leases.ts';
import { withLeases } from '../../../src/adapters/limits/leases.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { timersOf } from './fixture.ts';

/** Instances that share the counters of one memory store. */
export function aFleet(size: number, options: Partial<LeasesOptions> = {}) {
  const clock = createFakeClock();
  const bare = createMemoryCounterStore({ clock });
  const timers = timersOf(clock);
  const errors: unknown[] = [];
  const open = (inner: CounterStore = bare): LeasingStore =>
    withLeases(inner, {
      clock: clock.elapsedMs,
      startTimer: timers.startTimer,
      instances: () => size,
      minLimit: 10,
      hotChecks: 3,
      onError: (error) => errors.push(error),
      ...options,
    });
  return { clock, bare, timers, errors, open, instances: Array.from({ length: size }, () => open()) };
}
