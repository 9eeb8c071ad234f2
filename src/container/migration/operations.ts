import type { PhaseWatch } from '../../adapters/migration/phase-watch.ts';
import { pause } from '../../adapters/system/pause.ts';
import type { Config } from '../../config.ts';
import { examineCopy } from '../../domain/migration/canary.ts';
import type { CopiedSet } from '../../domain/migration/copied-set.ts';
import type { MigrationDeps, SetOperations } from '../../domain/migration/migration-deps.ts';
import { PHASE_LEASE_MS } from '../../domain/migration/phase-lease.ts';
import type { JobWorkDeps } from '../../domain/migration/work-jobs.ts';
import { pagesOf } from '../../domain/migration/work-jobs.ts';
import type { Program } from '../../domain/program/program.ts';
import type { SearchDocument } from '../../domain/search/document.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock, MonotonicClock } from '../../ports/clock.ts';
import type { Comparisons } from '../../ports/comparisons.ts';
import type { MigrationJobs } from '../../ports/migration-jobs.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { PhaseStore } from '../../ports/phase-store.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

export interface MigrationParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly monotonicClock: MonotonicClock;
  readonly telemetry: Telemetry;
  readonly phaseStore: PhaseStore;
  readonly phaseWatch: PhaseWatch;
  readonly outbox: Outbox;
  readonly comparisons: Comparisons;
  readonly migrationJobs: MigrationJobs;
  readonly programCatalog: ProgramCatalog;
  readonly programCopies: CopiedSet<Program> | undefined;
  readonly documentCopies: CopiedSet<SearchDocument> | undefined;
  /** What is wrong with the tables of the copies, as sentences. */
  readonly tableFaults: (call: Call) => Promise<readonly string[]>;
}

/** What the use case of the operators is made of. */
export function migrationDeps(parts: MigrationParts, onJob: () => void): MigrationDeps {
  const { config, telemetry } = parts;
  return {
    phases: parts.phaseStore,
    outbox: parts.outbox,
    comparisons: parts.comparisons,
    jobs: parts.migrationJobs,
    sets: {
      programs: operationsOf(parts, parts.programCopies),
      search: operationsOf(parts, parts.documentCopies),
    },
    bounds: config.migration,
    leaseMs: PHASE_LEASE_MS,
    clock: parts.clock,
    pause,
    onForced: (dataSet, blockers) => telemetry.forcedPhase(dataSet, blockers),
    onJob,
  };
}

function operationsOf<Value>(
  { programCatalog, tableFaults, clock }: MigrationParts,
  set: CopiedSet<Value> | undefined,
): SetOperations {
  return {
    migratable: set !== undefined,
    splitTruth: async (parts, call) => (set === undefined ? [] : set.splitTruth(parts, call)),
    // Nearly all search documents are programs, so their number is that of the programs.
    estimate: async (call) =>
      (await programCatalog.categories(call)).reduce((sum, { count }) => sum + count, 0),
    async examineCopy(call) {
      if (set === undefined) return [];
      const faults = await tableFaults(call);
      return faults.length > 0 ? faults : examineCopy(set, { nowMs: clock.now(), pause }, call);
    },
  };
}

/** What the workers of backfills, verifications and repairs need. */
export function jobWorkDeps(parts: MigrationParts): JobWorkDeps {
  const { outbox, comparisons, monotonicClock } = parts;
  const elapsedMs = () => monotonicClock.elapsedMs();
  const pages = <Value>(set: CopiedSet<Value> | undefined) =>
    set && pagesOf({ set, outbox, comparisons, pause, elapsedMs });
  return {
    jobs: parts.migrationJobs,
    pages: { programs: pages(parts.programCopies), search: pages(parts.documentCopies) },
    outbox,
    maxLagMs: parts.config.migration.maxLagMs,
    elapsedMs,
    pause,
  };
}
