import type { Call } from '../../ports/call.ts';
import type { Comparisons } from '../../ports/comparisons.ts';
import type { ClaimedPart, Job, JobKind, MigrationJobs } from '../../ports/migration-jobs.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Migrated } from '../../ports/phase-store.ts';
import { backfillPage } from './backfill.ts';
import type { CopiedSet } from './copied-set.ts';
import type { WorkPage } from './job-page.ts';
import { repairPage, verifyPage } from './verify.ts';

export interface JobWorkDeps {
  readonly jobs: MigrationJobs;
  /** How a page of each kind of job is done, by data set; absent: this process does not have its copy. */
  readonly pages: Readonly<Record<Migrated, Readonly<Record<JobKind, WorkPage>> | undefined>>;
  readonly outbox: Pick<Outbox, 'depth'>;
  readonly maxLagMs: number;
  readonly elapsedMs: () => number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const PAGE = 200;
/** More than a turn and the longest page of a verification; the part of a worker that dies waits so long. */
const LEASE_MS = 15_000;
/** A worker gives the part back after so long, so that stopping never waits for it and every job gets its turn. */
const TURN_MS = 5000;
const WAIT_MS = 200;

/** The pages of a data set's jobs. */
export function pagesOf<Value>(deps: {
  readonly set: CopiedSet<Value>;
  readonly outbox: Pick<Outbox, 'mark' | 'depth'>;
  readonly comparisons: Pick<Comparisons, 'report'>;
  readonly pause: JobWorkDeps['pause'];
  readonly elapsedMs: () => number;
}): Readonly<Record<JobKind, WorkPage>> {
  return {
    backfill: (work, call) => backfillPage(deps, work, call),
    verify: (work, call) => verifyPage(deps, work, call),
    repair: (work, call) => repairPage(deps, work, call),
  };
}

/**
 * Works on a part of a running job for a while; answers how many keys were done. Any number of workers in any number of processes do
 * this: a part has one worker at a time, its cursor moves only past what is done, and one that dies loses its page.
 */
export async function workJobs(deps: JobWorkDeps, call: Call): Promise<number> {
  for (const job of await deps.jobs.list({ state: 'running' }, 10, call)) {
    const pages = deps.pages[job.dataSet];
    if (pages === undefined) continue;
    const claim = await deps.jobs.claimPart(job.jobId, LEASE_MS, call);
    if (claim !== undefined) return await workPart(deps, job, pages[job.kind], claim, call);
  }
  return 0;
}

async function workPart(
  deps: JobWorkDeps,
  job: Job,
  workPage: WorkPage,
  claim: ClaimedPart,
  call: Call,
): Promise<number> {
  const until = deps.elapsedMs() + TURN_MS;
  let { cursor } = claim;
  let done = 0;
  try {
    while (deps.elapsedMs() < until) {
      const limit = await room(deps, job, call);
      if (limit === 0) {
        await deps.pause(WAIT_MS, call.signal);
        continue;
      }
      const work = {
        jobId: job.jobId,
        part: claim.part,
        cursor,
        limit,
        concurrency: job.settings.concurrency,
      };
      const page = await workPage(work, call);
      const step = { done: page.done, counts: page.counts, finished: page.cursor === undefined };
      const moved = page.cursor === undefined ? step : { ...step, cursor: page.cursor };
      if ((await deps.jobs.advancePart(claim, moved, LEASE_MS, call)) === 'lost') return done;
      done += page.done;
      if (page.cursor === undefined) return Math.max(1, done);
      cursor = page.cursor;
    }
    await deps.jobs.releasePart(claim, call);
    return done;
  } catch (error) {
    await deps.jobs.releasePart(claim, { signal: AbortSignal.timeout(WAIT_MS * 10) }).catch(() => undefined);
    throw error;
  }
}

/** How many keys may be done now: none while the copies lag, for then the relay needs the store more. */
async function room(deps: JobWorkDeps, { jobId, dataSet, kind, settings }: Job, call: Call): Promise<number> {
  if (kind === 'backfill') {
    const { oldestAgeMs } = await deps.outbox.depth(dataSet, call);
    if (oldestAgeMs > deps.maxLagMs) return 0;
  }
  return settings.ratePerSecond === null ? PAGE : deps.jobs.takeBudget(jobId, PAGE, call);
}
