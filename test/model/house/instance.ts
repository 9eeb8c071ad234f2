import type { PhaseView } from '../../../src/adapters/migration/phase-view.ts';
import { createPhaseWatch } from '../../../src/adapters/migration/phase-watch.ts';
import { createMigratingProgramCatalog } from '../../../src/adapters/migration/program-catalog.ts';
import { createCopyReads } from '../../../src/container/migration/copy-reads.ts';
import { DomainError } from '../../../src/domain/errors.ts';
import { createProgramCopies } from '../../../src/domain/migration/program-copies.ts';
import { relayCopies } from '../../../src/domain/migration/relay.ts';
import { createWatchdog } from '../../../src/domain/migration/watchdog.ts';
import { pagesOf, workJobs } from '../../../src/domain/migration/work-jobs.ts';
import type { Call } from '../../../src/ports/call.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import type { House } from './house.ts';
import { BOUNDS } from './house.ts';

export type RoundName = 'phase' | 'relay' | 'second relay' | 'job' | 'look';
export const ROUNDS: readonly RoundName[] = ['phase', 'relay', 'second relay', 'job', 'look'];

/** One process of the service: what it reads and writes with, and what goes on beside. It knows the stores over a network. */
export interface Instance {
  readonly id: string;
  readonly catalog: ProgramCatalog;
  readonly watch: ReturnType<typeof createPhaseWatch>;
  isParked(key: string): boolean;
  /** Begins a round, unless the one before is still under way. */
  begin(name: RoundName): void;
  /** The rounds under way take too long: their calls are aborted. */
  giveUp(): void;
  isBusy(): boolean;
  crash(): void;
  isDead(): boolean;
}

export class Crash extends Error {}

export function createInstance(house: House, id: string): Instance {
  const life = new AbortController();
  const ports = house.portsFor(life.signal, () => !knowsOff(watch.current('programs')));
  const watch = createPhaseWatch({
    phases: ports.phases,
    instanceId: id,
    telemetry: { failed: () => undefined },
    clock: house.clock,
    createLoop: () => ({ start: () => undefined, nudge: () => undefined, stop: async () => undefined }),
  });
  const set = createProgramCopies({ catalog: ports.catalog, hot: ports.hot, scope: house.scope });
  const reads = createCopyReads(
    {
      // The network has time-outs of its own here, on the clock of the house.
      config: {
        migration: { copyReadTimeoutMs: 600_000, fallbackMaxConcurrent: 1000, shadowReadPercent: 0 },
      },
      phaseWatch: watch,
      outbox: ports.outbox,
      comparisons: ports.comparisons,
      monotonicClock: house.clock,
      telemetry: { readCopy: (_dataSet, outcome) => house.saw(outcome), comparedCopy: () => undefined },
    },
    {
      set: house.variant.copies?.(set) ?? set,
      readTruth: (keys, call) => ports.catalog.getMany(keys, call),
      keyOf: ({ programId }) => programId,
      isWhole: house.scope.name === 'all',
    },
  );
  const elapsedMs = () => house.clock.elapsedMs();
  const relay = (call: Call) => relayCopies({ outbox: ports.outbox, set, concurrency: 4, batch: 3 }, call);
  const watchdog = createWatchdog('programs', {
    ...ports,
    bounds: BOUNDS,
    health: reads.health,
    elapsedMs,
    onLowered: () => undefined,
  });
  const jobWork = {
    ...ports,
    elapsedMs,
    pause: house.scheduler.sleep,
    maxLagMs: BOUNDS.maxLagMs,
    pages: {
      programs: pagesOf({ ...ports, set, elapsedMs, pause: house.scheduler.sleep }),
      search: undefined,
    },
  };
  const rounds = createRounds(house, life.signal, {
    phase: watch.round,
    relay,
    'second relay': relay,
    job: (call) => workJobs(jobWork, call),
    async look(call) {
      await reads.parked.refresh(call);
      await watchdog(call);
    },
  });
  return {
    id,
    watch,
    catalog: createMigratingProgramCatalog({ ...reads, catalog: ports.catalog, onWrite: () => undefined }),
    isParked: (key) => reads.parked.has(key),
    ...rounds,
    crash: () => life.abort(new Crash('the process was killed')),
    isDead: () => life.signal.aborted,
  };
}

function knowsOff({ known, phase }: PhaseView): boolean {
  return known && phase === 'off';
}

function createRounds(
  house: House,
  life: AbortSignal,
  rounds: Readonly<Record<RoundName, (call: Call) => Promise<unknown>>>,
): Pick<Instance, 'begin' | 'giveUp' | 'isBusy'> {
  const running = new Map<RoundName, AbortController>();
  return {
    begin(name) {
      if (life.aborted || running.has(name)) return;
      const caller = new AbortController();
      running.set(name, caller);
      rounds[name]({ signal: caller.signal })
        .catch((error: unknown) => {
          if (!isExpected(error, [life, caller.signal])) house.ledger.fail('all comes to rest', `${error}`);
        })
        .finally(() => running.delete(name));
    },
    giveUp: () => {
      for (const caller of running.values()) caller.abort(new Error('took too long'));
    },
    isBusy: () => running.size > 0,
  };
}

/** What a store raised, or that the caller has gone: anything else is a fault of the code. */
function isExpected(error: unknown, signals: readonly AbortSignal[]): boolean {
  return error instanceof DomainError || signals.some(({ aborted, reason }) => aborted && reason === error);
}
