import type { Call } from './call.ts';
import type { KeyRange } from './key-ranges.ts';
import type { Migrated } from './phase-store.ts';

export const JOB_KINDS = ['backfill', 'verify', 'repair'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** `running` and `paused` are unfinished; a job never leaves the other three. */
export const JOB_STATES = ['running', 'paused', 'finished', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobSettings {
  /** Most items a second over all workers, at least 1; null: no bound. */
  readonly ratePerSecond: number | null;
  /** Items at once of each worker. */
  readonly concurrency: number;
}

/** A part of the work: keys of the truth, or (verify) a scan of the copy, whose position is the store's own text. */
export interface JobPart {
  readonly side: 'truth' | 'copy';
  readonly range: KeyRange;
}

/** Items by what became of them, such as `copied`, `duplicate`, `failed`, `missing`. Whole numbers. */
export type JobCounts = Readonly<Record<string, number>>;

export interface NewJob {
  readonly dataSet: Migrated;
  readonly kind: JobKind;
  readonly settings: JobSettings;
  readonly startedBy: string;
  /** `marksSince` of the phase record when it was started. */
  readonly marksSince: number;
  /** Estimate of items; null: unknown. */
  readonly total: number | null;
  readonly parts: readonly JobPart[];
}

export interface Job extends Omit<NewJob, 'parts'> {
  readonly jobId: string;
  readonly state: JobState;
  readonly createdAt: Date;
  /** Last sign of life: when any part advanced, at first when it was started. */
  readonly updatedAt: Date;
  /** When it was finished, failed or cancelled. */
  readonly finishedAt: Date | null;
  /** Items done. */
  readonly done: number;
  readonly counts: JobCounts;
  readonly parts: { readonly total: number; readonly done: number };
  /** Why it failed, was paused or was cancelled. */
  readonly reason: string | null;
}

export interface ClaimedPart {
  readonly jobId: string;
  readonly partId: number;
  readonly part: JobPart;
  /** Where to go on: the last key done (truth) or the copy's cursor; absent at the beginning. */
  readonly cursor: string | undefined;
  /** Names this claim. */
  readonly claim: string;
}

export interface PartStep {
  /** Where to go on from now on; absent: from where it was. */
  readonly cursor?: string;
  /** Items done since the last step. */
  readonly done: number;
  readonly counts: JobCounts;
  /** Nothing of the part is left. */
  readonly finished: boolean;
}

export interface JobFilter {
  readonly dataSet?: Migrated;
  readonly kind?: JobKind;
  readonly state?: JobState;
}

export type JobChange = 'pause' | 'resume' | 'cancel' | 'fail';

/**
 * Long work that goes over the keys of a data set, cut into parts that workers of any instance take on. What was confirmed
 * is kept: a worker that dies costs the repeat of what it had not confirmed. No lock is held between calls.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface MigrationJobs {
  /**
   * Starts a job; while one of the same data set and kind is unfinished that one is answered as `exists`: of many callers one
   * starts. A job without parts is finished at once.
   */
  create(job: NewJob, call: Call): Promise<{ readonly outcome: 'created' | 'exists'; readonly job: Job }>;

  get(jobId: string, call: Call): Promise<Job | undefined>;

  /** Newest first. */
  list(filter: JobFilter, limit: number, call: Call): Promise<readonly Job[]>;

  /**
   * A part that nobody works on, of a running job; undefined when there is none now. Parts that nobody had yet come first,
   * then the one that was left longest ago. Free again when the lease ends. Never two holders within a lease.
   */
  claimPart(jobId: string, leaseMs: number, call: Call): Promise<ClaimedPart | undefined>;

  /**
   * Confirms what was done of a part: moves its cursor, adds to `done` and `counts` in the same transaction, renews the lease;
   * `finished` ends the part, and the job with its last part. `lost`: the claim is no longer held (a claim ends with its lease,
   * whether or not another took the part over) or the job does not run now; nothing was changed.
   *
   * Whoever got an error instead of an answer claims anew: the cursor of the part says whether the step was counted.
   */
  advancePart(claim: ClaimedPart, step: PartStep, leaseMs: number, call: Call): Promise<'advanced' | 'lost'>;

  /** Gives a part back at once; does nothing when the claim is no longer held. */
  releasePart(claim: ClaimedPart, call: Call): Promise<void>;

  /**
   * pause: running to paused; resume: paused to running; cancel: running or paused to cancelled; fail: running to failed.
   * The job is answered as it is after, unchanged when the change does not apply; undefined: no such job. `reason` is kept
   * with the change; a resumed job has none.
   */
  changeState(jobId: string, change: JobChange, reason: string | null, call: Call): Promise<Job | undefined>;

  /** Takes effect while it runs; a job that has ended is left as it is. Undefined: no such job. */
  changeSettings(jobId: string, settings: Partial<JobSettings>, call: Call): Promise<Job | undefined>;

  /**
   * Whole units of the job's rate that a worker may use now, at most `wanted`, 0 when the job does not run: a token bucket
   * shared by all workers, by the store's clock, see {@link BUCKET_SECONDS}. Null rate: all that was asked.
   */
  takeBudget(jobId: string, wanted: number, call: Call): Promise<number>;
}

/** The rate is never exceeded in any window of so many seconds. */
export const RATE_WINDOW_SECONDS = 10;

/**
 * The bucket holds what the rate gives in so many seconds, one unit at least, and is full at first. It is refilled that much
 * slower than the rate that a full bucket and the refill of a window come to no more than the rate allows in it.
 */
export const BUCKET_SECONDS = 0.5;

/** The states that each change applies to, and what it makes of them. */
export const JOB_CHANGES = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['running', 'paused'], to: 'cancelled' },
  fail: { from: ['running'], to: 'failed' },
} as const satisfies Readonly<
  Record<JobChange, { readonly from: readonly JobState[]; readonly to: JobState }>
>;
