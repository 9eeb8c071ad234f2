import { createMemoryCounterStore } from '../../src/adapters/memory/counter-store.ts';
import { createReplay } from '../../src/domain/limits/replay.ts';
import type { ResilientCountersDeps } from '../../src/domain/limits/resilient-counters.ts';
import { createResilientCounters } from '../../src/domain/limits/resilient-counters.ts';
import type { CounterStore } from '../../src/ports/counter-store.ts';
import { anId } from './builders.ts';
import { createFakeClock } from './fake-clock.ts';

/** Resilient counters over those of a test, which need only do what is asked of them; alone unless it says how many there are. */
export function resilient(given: Partial<CounterStore>, overrides: Partial<ResilientCountersDeps> = {}) {
  const counters = given as CounterStore;
  const clock = createFakeClock();
  const onFault = (error: unknown) => {
    throw error;
  };
  const replay = createReplay({
    counters,
    owed: createMemoryCounterStore({ clock }),
    clock,
    newPermitId: () => anId('permit'),
    onReplayed: () => undefined,
    onFailed: onFault,
  });
  return createResilientCounters({
    counters,
    local: createMemoryCounterStore({ clock }),
    instances: () => 1,
    replay,
    onDegraded: () => undefined,
    onFault,
    ...overrides,
  });
}
