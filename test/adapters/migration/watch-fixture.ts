import type { MemoryPhaseStore } from '../../../src/adapters/memory/phase-store.ts';
import { createMemoryPhaseStore } from '../../../src/adapters/memory/phase-store.ts';
import type { PhaseLoop, PhaseLoopOptions, PhaseWatch } from '../../../src/adapters/migration/phase-watch.ts';
import { createPhaseWatch } from '../../../src/adapters/migration/phase-watch.ts';
import type { Call } from '../../../src/ports/call.ts';
import type { PhaseRecords, PhaseStore } from '../../../src/ports/phase-store.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

/** A loop that never runs by itself: the test makes the rounds. */
function createManualLoop(): PhaseLoop {
  return { start: () => undefined, nudge: () => undefined, stop: async () => undefined };
}

interface Overrides {
  readonly phases?: Partial<PhaseStore>;
  readonly instanceId?: string;
  readonly createLoop?: (options: PhaseLoopOptions) => PhaseLoop;
}

/** Instances in one process over one memory store, on one clock. */
export function aHouse() {
  const clock = createFakeClock();
  const store = createMemoryPhaseStore({ clock });
  const failures: string[] = [];
  const aWatch = ({ phases, instanceId = 'a', createLoop = createManualLoop }: Overrides = {}): PhaseWatch =>
    createPhaseWatch({
      phases: { ...store, ...phases },
      instanceId,
      createLoop,
      clock,
      telemetry: { failed: (operation) => void failures.push(operation) },
    });
  return { clock, store, failures, aWatch };
}

export type House = ReturnType<typeof aHouse>;

/**
 * A check-in on its way. As in a database, what it answers is what was in force when it began there (`read`), and others see it
 * when it ends there (`register`); `deliver` brings the answer home.
 */
export interface Flight {
  read(): void;
  /** Reads first, when that was not done. */
  register(): Promise<void>;
  /** Does nothing before it was registered. */
  deliver(): void;
  readonly stage: 'sent' | 'read' | 'registered';
}

/** Holds every check-in up, as a network could. It heeds no signal. */
export function heldUp(store: MemoryPhaseStore, flights: Flight[]): Pick<PhaseStore, 'checkIn'> {
  return {
    checkIn(instanceId, epochs, _call: Call) {
      const { promise, resolve } = Promise.withResolvers<PhaseRecords>();
      let answer: PhaseRecords | undefined;
      let isRegistered = false;
      const read = () => {
        answer ??= { programs: store.current('programs'), search: store.current('search') };
      };
      flights.push({
        read,
        async register() {
          read();
          isRegistered = true;
          await store.checkIn(instanceId, epochs, aCall());
        },
        deliver: () => void (isRegistered && answer && resolve(answer)),
        get stage() {
          if (isRegistered) return 'registered';
          return answer === undefined ? 'sent' : 'read';
        },
      });
      return promise;
    },
  };
}
