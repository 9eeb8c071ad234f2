import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Job, JobFilter, JobSettings, MigrationJobs } from '../../ports/migration-jobs.ts';
import { JOB_CHANGES } from '../../ports/migration-jobs.ts';
import { toStorableText } from './any-text.ts';
import { createJob } from './migration-jobs/create-job.ts';
import { toJob } from './migration-jobs/job-row.ts';
import { advancePart, claimPart, releasePart, takeBudget } from './migration-jobs/parts.ts';
import type { JobTables } from './migrations/0010-jobs.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<JobTables>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Jobs in the tables `migration_job*`. Leases and budgets are by the server's clock. */
export function createPostgresMigrationJobs({
  db,
  ids,
}: {
  readonly db: Db;
  readonly ids: Ids;
}): MigrationJobs {
  /** Postgres raises an error for what is not a uuid; no job has such an id. */
  const of = async <Result>(jobId: string, unknown: Result, run: () => Promise<Result>): Promise<Result> =>
    UUID.test(jobId) ? withStoreErrors(run) : unknown;
  return {
    create: (job, call) => withStoreErrors(() => createJob(db, ids.next(), job, call)),
    get: (jobId, call) => of(jobId, undefined, () => readJob(db, jobId, call)),
    list: (filter, limit, call) => withStoreErrors(() => listJobs(db, filter, limit, call)),
    claimPart: (jobId, leaseMs, call) =>
      of(jobId, undefined, () => claimPart(db, { jobId, leaseMs, claim: ids.next() }, call)),
    advancePart: (claim, step, leaseMs, call) =>
      of(claim.jobId, 'lost', () => advancePart(db, { claim, step, leaseMs }, call)),
    releasePart: (claim, call) => of(claim.jobId, undefined, () => releasePart(db, claim, call)),
    changeState: (jobId, change, reason, call) =>
      of(jobId, undefined, async () => {
        await changeState(
          db,
          { jobId, ...JOB_CHANGES[change], reason: change === 'resume' ? null : reason },
          call,
        );
        return readJob(db, jobId, call);
      }),
    changeSettings: (jobId, settings, call) =>
      of(jobId, undefined, async () => {
        await changeSettings(db, jobId, settings, call);
        return readJob(db, jobId, call);
      }),
    takeBudget: (jobId, wanted, call) => of(jobId, 0, () => takeBudget(db, jobId, wanted, call)),
  };
}

async function readJob(db: Db, jobId: string, call: Call): Promise<Job | undefined> {
  const row = await db
    .selectFrom('migration_jobs')
    .selectAll()
    .where('job_id', '=', jobId)
    .executeTakeFirst(call);
  return row && toJob(row);
}

async function listJobs(db: Db, filter: JobFilter, limit: number, call: Call): Promise<readonly Job[]> {
  let query = db.selectFrom('migration_jobs').selectAll();
  if (filter.dataSet !== undefined) query = query.where('data_set', '=', filter.dataSet);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  return (await query.orderBy('started', 'desc').limit(limit).execute(call)).map(toJob);
}

interface StateChange {
  readonly jobId: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly reason: string | null;
}

async function changeState(db: Db, { jobId, from, to, reason }: StateChange, call: Call): Promise<void> {
  await sql`
    UPDATE migration_jobs
    SET state = ${to}, reason = ${reason === null ? null : toStorableText(reason)},
      finished_at = CASE WHEN ${to} NOT IN ('running', 'paused') THEN clock_timestamp() END
    WHERE job_id = ${jobId} AND state = ANY(${from}::text[])`.execute(db, call);
}

async function changeSettings(
  db: Db,
  jobId: string,
  { ratePerSecond, concurrency }: Partial<JobSettings>,
  call: Call,
): Promise<void> {
  await db
    .updateTable('migration_jobs')
    .set({
      // An update sets something, also when there is nothing to change.
      job_id: jobId,
      ...(ratePerSecond !== undefined && { rate_per_second: ratePerSecond }),
      ...(concurrency !== undefined && { concurrency }),
    })
    .where('job_id', '=', jobId)
    .where('state', 'in', ['running', 'paused'])
    .execute(call);
}
