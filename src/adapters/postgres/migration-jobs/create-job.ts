import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../../ports/call.ts';
import type { Job, JobPart, NewJob } from '../../../ports/migration-jobs.ts';
import { toStorableText } from '../any-text.ts';
import type { JobTables } from '../migrations/0010-jobs.ts';
import type { JobRow } from './job-row.ts';
import { toJob } from './job-row.ts';

type Db = Kysely<JobTables>;

/** Starts the job, or answers the one that is unfinished; when that one ended before it could be read, tries again. */
export async function createJob(
  db: Db,
  jobId: string,
  job: NewJob,
  call: Call,
): Promise<{ readonly outcome: 'created' | 'exists'; readonly job: Job }> {
  for (;;) {
    const created = await insert(db, jobId, job, call);
    if (created !== undefined) return { outcome: 'created', job: toJob(created) };
    const unfinished = await readUnfinished(db, job, call);
    if (unfinished !== undefined) return { outcome: 'exists', job: toJob(unfinished) };
  }
}

// A job without parts is finished at once, so the unique index would let it in beside an unfinished one.
async function insert(db: Db, jobId: string, job: NewJob, call: Call): Promise<JobRow | undefined> {
  const isDone = job.parts.length === 0;
  const statement = sql<JobRow>`
    WITH job AS (
      INSERT INTO migration_jobs (job_id, data_set, kind, state, rate_per_second, concurrency, started_by,
        created_at, updated_at, finished_at, marks_since, total, parts_total)
      SELECT ${jobId}, ${job.dataSet}, ${job.kind}, ${isDone ? 'finished' : 'running'},
        ${job.settings.ratePerSecond}::double precision, ${job.settings.concurrency}::integer,
        ${toStorableText(job.startedBy)}, now_at, now_at, CASE WHEN ${isDone} THEN now_at END,
        ${job.marksSince}::bigint, ${job.total}::bigint, ${job.parts.length}::integer
      FROM (SELECT clock_timestamp() AS now_at OFFSET 0) AS clock
      WHERE NOT EXISTS (SELECT FROM migration_jobs WHERE ${unfinishedOf(job)})
      ON CONFLICT (data_set, kind) WHERE state IN ('running', 'paused') DO NOTHING
      RETURNING *
    ), parts AS (
      INSERT INTO migration_job_parts (job_id, part_id, side, after_key, up_to_key)
      SELECT job.job_id, part.part_id, part.side, part.after_key, part.up_to_key
      FROM job, json_to_recordset(${JSON.stringify(job.parts.map(toRow))}::json)
        AS part (part_id integer, side text, after_key text, up_to_key text)
    )
    SELECT * FROM job`;
  return (await statement.execute(db, call)).rows[0];
}

function toRow({ side, range }: JobPart, partId: number) {
  const stored = (key: string | undefined) => (key === undefined ? null : toStorableText(key));
  return { part_id: partId, side, after_key: stored(range.after), up_to_key: stored(range.upTo) };
}

async function readUnfinished(db: Db, job: NewJob, call: Call): Promise<JobRow | undefined> {
  const statement = sql<JobRow>`SELECT * FROM migration_jobs WHERE ${unfinishedOf(job)}`;
  return (await statement.execute(db, call)).rows[0];
}

function unfinishedOf({ dataSet, kind }: NewJob) {
  return sql`data_set = ${dataSet} AND kind = ${kind} AND state IN ('running', 'paused')`;
}
