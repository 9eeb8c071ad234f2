import { createMemoryCounterStore } from '../../src/adapters/memory/counter-store.ts';
import { createReplay } from '../../src/domain/limits/replay.ts';
import type { ResilientCountersDeps } from '../../src/domain/limits/resilient-counters.ts';
import { createResilientCounters } from '../../src/domain/limits/resilient-counters.ts';
import type { CounterStore } from '../../src/ports/counter-store.ts';
import { createFakeClock } from './fake-clock.ts';

/** Resilient counters over those of a test, which need only do what is asked of them; alone unless it says how many there are. */
export function resilient(given: Partial<CounterStore>, overrides: Partial<ResilientCountersDeps> = {}) {
  const counters = given as CounterStore;
  const local = createMemoryCounterStore({ clock: createFakeClock() });
  const onFailed = (error: unknown) => {
    throw error;
  };
  const replay = createReplay({ counters, local, onReplayed: () => undefined, onFailed });
  return createResilientCounters({
    counters,
    local,
    instances: () => 1,
    replay,
    onDegraded: () => undefined,
    ...overrides,
  });
}
