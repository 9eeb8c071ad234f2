import type { Call } from '../../ports/call.ts';
import type { Difference, DifferenceClass, Tally } from '../../ports/comparisons.ts';
import type { Job, JobFilter, JobKind, JobSettings } from '../../ports/migration-jobs.ts';
import type { OutboxDepth, ParkedMark } from '../../ports/outbox.ts';
import type { InstanceReport, Migrated, Phase, PhaseRecord } from '../../ports/phase-store.ts';

/** Where the migration of a data set stands. */
export interface DataSetStatus {
  readonly dataSet: Migrated;
  /** `false`: truth and copy are one store, so there is nothing to migrate. */
  readonly migratable: boolean;
  readonly record: PhaseRecord;
  readonly outbox: OutboxDepth;
  /** Comparisons of reads since the last change of the record. */
  readonly comparisons: Tally;
  /** The newest job of each kind, whatever became of it. */
  readonly jobs: Readonly<Partial<Record<JobKind, Job>>>;
  /** Instances that checked in lately, each with the epoch that it acts on. */
  readonly instances: readonly InstanceReport[];
  /** The next step forwards, and what stands in its way. `undefined` at the end. */
  readonly next: NextStep | undefined;
}

export interface NextStep {
  readonly phase: Phase;
  readonly readPercent: number;
  readonly blockers: readonly string[];
}

export interface PhaseRequest {
  readonly phase: Phase;
  /** 0 to 100, whole. Default: what is in force while the phase stays; else 0 on the way up and 100 on the way back to `read-fallback`. */
  readonly readPercent?: number;
  /** The epoch that the caller saw; absent: whatever is in force. */
  readonly epoch?: number;
  /** Takes the step whatever stands in the way. It is logged. */
  readonly force?: boolean;
  readonly changedBy: string;
  readonly reason?: string;
}

export interface JobRequest {
  readonly kind: JobKind;
  readonly settings?: Partial<JobSettings>;
  readonly startedBy: string;
}

export interface DifferenceFilter {
  readonly class?: DifferenceClass;
  readonly foundBy?: string;
}

export type JobChange = 'pause' | 'resume' | 'cancel';

/** What operators do with a migration. */
export interface Migration {
  /** Of every data set. */
  status(call: Call): Promise<readonly DataSetStatus[]>;
  statusOf(dataSet: Migrated, call: Call): Promise<DataSetStatus>;

  /**
   * Takes a step, and resolves when every live instance acts on it.
   * @throws {PhaseNotReachable} with all that stands in the way @throws {VersionConflict} when the record is at another epoch
   */
  changePhase(dataSet: Migrated, request: PhaseRequest, call: Call): Promise<PhaseRecord>;

  /** The newest changes first. */
  history(dataSet: Migrated, limit: number, call: Call): Promise<readonly PhaseRecord[]>;

  /** Starts a job, or answers the unfinished one of its kind. @throws {DomainError} `job-not-possible` */
  startJob(
    dataSet: Migrated,
    request: JobRequest,
    call: Call,
  ): Promise<{ readonly job: Job; readonly created: boolean }>;
  /** Newest first. */
  jobs(filter: JobFilter, limit: number, call: Call): Promise<readonly Job[]>;
  /** @throws {DomainError} `job-not-found` */
  job(jobId: string, call: Call): Promise<Job>;
  /** What is over already stays as it is. @throws {DomainError} `job-not-found` */
  changeJob(jobId: string, change: JobChange, reason: string | null, call: Call): Promise<Job>;
  /** @throws {DomainError} `job-not-found` */
  changeJobSettings(jobId: string, settings: Partial<JobSettings>, call: Call): Promise<Job>;

  /** Copies that were found wrong, last seen first. */
  differences(
    dataSet: Migrated,
    filter: DifferenceFilter,
    limit: number,
    call: Call,
  ): Promise<readonly Difference[]>;
  /** Keys whose copies can not be made, by key. */
  parked(dataSet: Migrated, limit: number, call: Call): Promise<readonly ParkedMark[]>;
}
