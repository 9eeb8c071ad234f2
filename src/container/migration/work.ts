import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { PhaseWatch } from '../../adapters/migration/phase-watch.ts';
import { createPhaseWatch } from '../../adapters/migration/phase-watch.ts';
import type { BackgroundLoop } from '../../adapters/system/background-loop.ts';
import { createBackgroundLoop } from '../../adapters/system/background-loop.ts';
import type { Config } from '../../config.ts';
import { createMigration } from '../../domain/migration/create-migration.ts';
import type { Migration } from '../../domain/migration/migration.ts';
import { workJobs } from '../../domain/migration/work-jobs.ts';
import type { MonotonicClock } from '../../ports/clock.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { PhaseStore } from '../../ports/phase-store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Engines } from '../engines.ts';
import { nothingToDispose, singleton } from '../registration.ts';
import type { MigrationBackgroundDeps } from './background.ts';
import { createWatchLoops } from './background.ts';
import type { Loops } from './loops.ts';
import { createHinter, together } from './loops.ts';
import type { MigrationParts } from './operations.ts';
import { jobWorkDeps, migrationDeps } from './operations.ts';
import type { RelayLoopsDeps } from './relay-loops.ts';
import { createRelayLoops } from './relay-loops.ts';
import { createTableFaults } from './table-faults.ts';

interface WatchNeeds {
  readonly phaseStore: PhaseStore;
  readonly instanceId: string;
  readonly telemetry: Telemetry;
  readonly monotonicClock: MonotonicClock;
}

interface NudgeNeeds {
  readonly searchRelay: BackgroundLoop;
  readonly relays: Loops;
  readonly hinter: ReturnType<typeof createHinter>;
}

/** Jobs of other instances are found this late at most. Milliseconds. */
const JOB_IDLE_MS = 1000;
/** A turn of a job and the page that it ends with. */
const JOB_TIMEOUT_MS = 60_000;
/** So many parts of jobs are worked on at once by one instance. */
const JOB_WORKERS = 2;

/** What goes on beside requests while data moves, and what operators do with it. */
export function migrationWork() {
  return {
    instanceId: singleton((_cradle: object) => `${hostname()}-${randomUUID()}`, nothingToDispose),
    phaseWatch: singleton(
      ({ phaseStore: phases, instanceId, telemetry, monotonicClock: clock }: WatchNeeds): PhaseWatch =>
        createPhaseWatch({
          phases,
          instanceId,
          telemetry,
          clock,
          createLoop: (options) => createBackgroundLoop({ ...options, telemetry }),
        }),
      (watch) => watch.stop(),
    ),
    relays: singleton(
      (deps: RelayLoopsDeps): Loops => createRelayLoops(deps),
      (loops) => loops.stop(),
    ),
    watches: singleton(
      (deps: MigrationBackgroundDeps): Loops => together(createWatchLoops(deps)),
      (loops) => loops.stop(),
    ),
    hinter: singleton(
      ({ outbox, telemetry }: { readonly outbox: Outbox; readonly telemetry: Telemetry }) =>
        createHinter(outbox, telemetry),
      (hinter) => hinter.stop(),
    ),
    tableFaults: singleton(
      (parts: Pick<Engines, 'dynamodb'> & { readonly config: Config }) => createTableFaults(parts),
      nothingToDispose,
    ),
    nudgeRelays: singleton((parts: NudgeNeeds) => {
      return (): void => {
        parts.searchRelay.nudge();
        parts.relays.nudge();
        parts.hinter.note();
      };
    }, nothingToDispose),
    jobWork: singleton(jobLoops, (loops) => loops.stop()),
    migration: singleton(
      (parts: MigrationParts & { readonly jobWork: Loops }): Migration =>
        createMigration(migrationDeps(parts, () => parts.jobWork.nudge())),
      nothingToDispose,
    ),
  };
}

function jobLoops(parts: MigrationParts): Loops {
  const deps = jobWorkDeps(parts);
  const { telemetry } = parts;
  const loops = Array.from({ length: JOB_WORKERS }, () =>
    createBackgroundLoop({
      name: 'migration.jobs',
      round: (call) => workJobs(deps, call),
      idleMs: JOB_IDLE_MS,
      roundTimeoutMs: JOB_TIMEOUT_MS,
      telemetry,
    }),
  );
  return together(loops);
}
