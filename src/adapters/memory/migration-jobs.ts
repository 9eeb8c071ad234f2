import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Job, JobFilter, MigrationJobs, NewJob } from '../../ports/migration-jobs.ts';
import { JOB_CHANGES } from '../../ports/migration-jobs.ts';
import { takeFromBucket } from './migration-jobs/bucket.ts';
import type { StoredJob } from './migration-jobs/parts.ts';
import { advancePart, claimPart, partsOf, releasePart } from './migration-jobs/parts.ts';

export interface MemoryMigrationJobsDeps {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Jobs in this process; nothing of them outlives it. Leases and budgets are by the clock. */
export function createMemoryMigrationJobs({ clock, ids }: MemoryMigrationJobsDeps): MigrationJobs {
  const jobs = new Map<string, StoredJob>();
  return {
    ...lifecycle(jobs, { clock, ids }),
    claimPart: (jobId, leaseMs, call) =>
      on(call, () => claimPart(jobs.get(jobId), { claim: ids.next(), now: clock.now(), leaseMs })),
    advancePart: (claim, step, leaseMs, call) =>
      on(call, () => advancePart(jobs.get(claim.jobId), claim, step, { now: clock.now(), leaseMs })),
    releasePart: (claim, call) => on(call, () => releasePart(jobs.get(claim.jobId), claim, clock.now())),
    takeBudget: (jobId, wanted, call) =>
      on(call, () => {
        const stored = jobs.get(jobId);
        if (stored?.job.state !== 'running' || wanted < 1) return 0;
        const rate = stored.job.settings.ratePerSecond;
        if (rate === null) return Math.floor(wanted);
        const { taken, bucket } = takeFromBucket(stored.bucket, { rate, wanted, now: clock.now() });
        stored.bucket = bucket;
        return taken;
      }),
  };
}

type Lifecycle = Pick<MigrationJobs, 'create' | 'get' | 'list' | 'changeState' | 'changeSettings'>;

function lifecycle(jobs: Map<string, StoredJob>, { clock, ids }: MemoryMigrationJobsDeps): Lifecycle {
  const change = (jobId: string, changed: (job: Job) => Job): Job | undefined => {
    const stored = jobs.get(jobId);
    if (stored === undefined) return undefined;
    stored.job = changed(stored.job);
    return structuredClone(stored.job);
  };
  return {
    create: (job, call) =>
      on(call, () => {
        const unfinished = [...jobs.values()].find((stored) => isUnfinishedOf(stored.job, job))?.job;
        if (unfinished !== undefined) return { outcome: 'exists', job: structuredClone(unfinished) };
        const stored = toStored(job, ids.next(), new Date(clock.now()));
        jobs.set(stored.job.jobId, stored);
        return { outcome: 'created', job: structuredClone(stored.job) };
      }),
    get: (jobId, call) => on(call, () => structuredClone(jobs.get(jobId)?.job)),
    list: (filter, limit, call) =>
      on(call, () => {
        const newestFirst = [...jobs.values()].map(({ job }) => job).reverse();
        return structuredClone(newestFirst.filter((job) => meets(job, filter)).slice(0, limit));
      }),
    changeState: (jobId, name, reason, call) =>
      on(call, () =>
        change(jobId, (job) => {
          const { from, to } = JOB_CHANGES[name];
          if (!from.some((state) => state === job.state)) return job;
          const finishedAt = isUnfinished(to) ? null : new Date(clock.now());
          return { ...job, state: to, reason: name === 'resume' ? null : reason, finishedAt };
        }),
      ),
    changeSettings: (jobId, settings, call) =>
      on(call, () =>
        change(jobId, (job) =>
          isUnfinished(job.state) ? { ...job, settings: { ...job.settings, ...settings } } : job,
        ),
      ),
  };
}

async function on<Result>(call: Call, run: () => Result): Promise<Result> {
  call.signal.throwIfAborted();
  return run();
}

function isUnfinished(state: Job['state']): boolean {
  return state === 'running' || state === 'paused';
}

function isUnfinishedOf(job: Job, { dataSet, kind }: NewJob): boolean {
  return isUnfinished(job.state) && job.dataSet === dataSet && job.kind === kind;
}

function meets(job: Job, { dataSet, kind, state }: JobFilter): boolean {
  return (
    (dataSet === undefined || job.dataSet === dataSet) &&
    (kind === undefined || job.kind === kind) &&
    (state === undefined || job.state === state)
  );
}

function toStored({ parts, ...job }: NewJob, jobId: string, now: Date): StoredJob {
  const isDone = parts.length === 0;
  return {
    job: {
      ...structuredClone(job),
      jobId,
      state: isDone ? 'finished' : 'running',
      createdAt: now,
      updatedAt: now,
      finishedAt: isDone ? now : null,
      done: 0,
      counts: {},
      parts: { total: parts.length, done: 0 },
      reason: null,
    },
    parts: partsOf(parts),
    bucket: undefined,
  };
}
