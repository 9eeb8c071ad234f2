import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Comparisons } from '../../ports/comparisons.ts';
import type { MigrationJobs } from '../../ports/migration-jobs.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Migrated, PhaseStore } from '../../ports/phase-store.ts';
import type { MigrationBounds } from './thresholds.ts';

/** What can be asked of a data set's stores whatever its values are. */
export interface SetOperations {
  /** Whether truth and copy are two stores. */
  readonly migratable: boolean;
  /** Keys that cut the truth into parts of about the same size. */
  readonly splitTruth: (parts: number, call: Call) => Promise<readonly string[]>;
  /** About how many keys there are; `null`: not known. */
  readonly estimate: (call: Call) => Promise<number | null>;
  /** What keeps the copy's store from being written and read, as sentences; it is tried. */
  readonly examineCopy: (call: Call) => Promise<readonly string[]>;
}

export interface MigrationDeps {
  readonly phases: PhaseStore;
  readonly outbox: Pick<Outbox, 'depth' | 'parked'>;
  readonly comparisons: Pick<Comparisons, 'tally' | 'differences'>;
  readonly jobs: MigrationJobs;
  readonly sets: Readonly<Record<Migrated, SetOperations>>;
  readonly bounds: MigrationBounds;
  /** After so long without a word an instance reads from the catalogue alone, and nobody waits for it. Milliseconds. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Hears of steps that were taken against what stood in the way. */
  readonly onForced: (dataSet: Migrated, blockers: readonly string[]) => void;
  /** There may be work for the job workers. */
  readonly onJob: () => void;
}
