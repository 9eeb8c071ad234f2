import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export interface JobTables {
  migration_jobs: {
    job_id: string;
    /** The order in which jobs were started. */
    started: string;
    data_set: string;
    kind: string;
    state: string;
    rate_per_second: number | null;
    concurrency: number;
    started_by: string;
    created_at: Date;
    updated_at: Date;
    finished_at: Date | null;
    marks_since: string;
    total: string | null;
    done: string;
    counts: Readonly<Record<string, number>>;
    parts_total: number;
    parts_done: number;
    reason: string | null;
  };
  migration_job_parts: {
    job_id: string;
    part_id: number;
    side: string;
    /** Texts that may be anything are kept as `any-text.ts` writes them. */
    after_key: string | null;
    up_to_key: string | null;
    cursor: string | null;
    claim: string | null;
    /** When the lease ends, or when it was given back; -infinity: nobody had it yet. */
    free_at: Date;
    is_done: boolean;
  };
  migration_job_budgets: { job_id: string; units: number; at: Date };
}

export const jobs: Migration = {
  async up(db: Kysely<unknown>) {
    await createJobs(db);
    await createParts(db);
    await createBudgets(db);
    await sql.raw(ADVANCE_JOB_PART).execute(db);
    await sql.raw(TAKE_JOB_BUDGET).execute(db);
  },
};

// The unique index lets one of many callers start a job.
async function createJobs(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE migration_jobs (
      job_id uuid PRIMARY KEY,
      started bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      data_set text COLLATE "C" NOT NULL,
      kind text COLLATE "C" NOT NULL,
      state text COLLATE "C" NOT NULL,
      rate_per_second double precision,
      concurrency integer NOT NULL,
      started_by text NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      finished_at timestamptz,
      marks_since bigint NOT NULL,
      total bigint,
      done bigint NOT NULL DEFAULT 0,
      counts jsonb NOT NULL DEFAULT '{}',
      parts_total integer NOT NULL,
      parts_done integer NOT NULL DEFAULT 0,
      reason text
    )`.execute(db);
  await sql`
    CREATE UNIQUE INDEX migration_jobs_unfinished ON migration_jobs (data_set, kind)
    WHERE state IN ('running', 'paused')`.execute(db);
}

async function createParts(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE migration_job_parts (
      job_id uuid NOT NULL REFERENCES migration_jobs,
      part_id integer NOT NULL,
      side text NOT NULL,
      after_key text,
      up_to_key text,
      cursor text,
      claim text,
      free_at timestamptz NOT NULL DEFAULT '-infinity',
      is_done boolean NOT NULL DEFAULT false,
      PRIMARY KEY (job_id, part_id)
    )`.execute(db);
}

// Apart from the jobs, so that who takes of the budget never waits for who advances. After a crash of the server, which
// empties an unlogged table, a job begins with a full bucket.
async function createBudgets(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE UNLOGGED TABLE migration_job_budgets (
      job_id uuid PRIMARY KEY,
      units double precision NOT NULL,
      at timestamptz NOT NULL
    )`.execute(db);
}

/*
 * Whether the step was counted. The job's row is locked first: a change of its state waits for the step or makes it lost, and of
 * two last parts the second sees the first. The clock is read after the wait.
 */
const ADVANCE_JOB_PART = `
CREATE FUNCTION advance_job_part(
  of_job uuid, of_part integer, by_claim text, lease interval,
  next_cursor text, more_done bigint, more_counts jsonb, finishes boolean
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  now_at timestamptz;
BEGIN
  PERFORM FROM migration_jobs WHERE job_id = of_job AND state = 'running' FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  now_at := clock_timestamp();
  UPDATE migration_job_parts
  SET cursor = coalesce(next_cursor, cursor), is_done = finishes, free_at = now_at + lease,
      claim = CASE WHEN finishes THEN NULL ELSE claim END
  WHERE job_id = of_job AND part_id = of_part AND claim = by_claim AND free_at > now_at;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE migration_jobs j
  SET done = j.done + more_done, updated_at = now_at,
      counts = (
        SELECT coalesce(jsonb_object_agg(name, total), '{}') FROM (
          SELECT name, sum(value::bigint) AS total FROM (
            SELECT * FROM jsonb_each_text(j.counts) UNION ALL SELECT * FROM jsonb_each_text(more_counts)
          ) AS each (name, value) GROUP BY name
        ) AS sums),
      parts_done = j.parts_done + finishes::integer,
      state = CASE WHEN j.parts_done + finishes::integer = j.parts_total THEN 'finished' ELSE j.state END,
      finished_at = CASE WHEN j.parts_done + finishes::integer = j.parts_total THEN now_at END
  WHERE job_id = of_job;
  RETURN true;
END $$`;

// The clock is read under the row's lock: read before, it could be older than what another caller left there meanwhile.
const TAKE_JOB_BUDGET = `
CREATE FUNCTION take_job_budget(
  of_job uuid, wanted bigint, bucket_seconds double precision, window_seconds double precision
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  rate double precision;
  size double precision;
  kept record;
  now_at timestamptz;
  there double precision;
  taken bigint;
BEGIN
  SELECT rate_per_second INTO rate FROM migration_jobs WHERE job_id = of_job AND state = 'running';
  IF NOT FOUND THEN RETURN 0; END IF;
  IF rate IS NULL THEN RETURN wanted; END IF;
  size := greatest(1, rate * bucket_seconds);
  INSERT INTO migration_job_budgets VALUES (of_job, size, clock_timestamp()) ON CONFLICT DO NOTHING;
  SELECT units, at INTO kept FROM migration_job_budgets WHERE job_id = of_job FOR UPDATE;
  now_at := clock_timestamp();
  there := least(size, kept.units + greatest(0, extract(epoch FROM now_at - kept.at))
    * greatest(0, rate - size / window_seconds));
  taken := floor(least(there, wanted));
  UPDATE migration_job_budgets SET units = there - taken, at = now_at WHERE job_id = of_job;
  RETURN taken;
END $$`;
