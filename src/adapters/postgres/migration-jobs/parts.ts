import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../../ports/call.ts';
import type { KeyRange } from '../../../ports/key-ranges.ts';
import type { ClaimedPart, JobPart, PartStep } from '../../../ports/migration-jobs.ts';
import { BUCKET_SECONDS, RATE_WINDOW_SECONDS } from '../../../ports/migration-jobs.ts';
import { fromStorableText, toStorableText } from '../any-text.ts';
import type { JobTables } from '../migrations/0010-jobs.ts';

type Db = Kysely<JobTables>;
type PartRow = Selectable<JobTables['migration_job_parts']>;

interface Claim {
  readonly jobId: string;
  readonly claim: string;
  readonly leaseMs: number;
}

// The row lock lasts for the statement only. A part that another caller is claiming just now is passed over, and one that
// was claimed meanwhile is looked at again under the lock.
export async function claimPart(
  db: Db,
  { jobId, claim, leaseMs }: Claim,
  call: Call,
): Promise<ClaimedPart | undefined> {
  const { rows } = await sql<PartRow>`
    WITH free AS MATERIALIZED (
      SELECT part.job_id, part.part_id FROM migration_job_parts AS part JOIN migration_jobs AS job USING (job_id)
      WHERE part.job_id = ${jobId} AND job.state = 'running'
        AND NOT part.is_done AND part.free_at <= clock_timestamp()
      ORDER BY part.free_at, part.part_id LIMIT 1
      FOR UPDATE OF part SKIP LOCKED
    )
    UPDATE migration_job_parts AS part SET claim = ${claim}, free_at = clock_timestamp() + ${interval(leaseMs)}
    FROM free WHERE part.job_id = free.job_id AND part.part_id = free.part_id
    RETURNING part.*`.execute(db, call);
  const [row] = rows;
  return row && { jobId, partId: row.part_id, part: toPart(row), cursor: optional(row.cursor), claim };
}

export async function advancePart(
  db: Db,
  advance: { readonly claim: ClaimedPart; readonly step: PartStep; readonly leaseMs: number },
  call: Call,
): Promise<'advanced' | 'lost'> {
  const { claim, step, leaseMs } = advance;
  const cursor = step.cursor === undefined ? null : toStorableText(step.cursor);
  const { rows } = await sql<{ readonly advanced: boolean }>`
    SELECT advance_job_part(${claim.jobId}, ${claim.partId}, ${claim.claim}, ${interval(leaseMs)},
      ${cursor}, ${step.done}, ${JSON.stringify(step.counts)}, ${step.finished}) AS advanced`.execute(
    db,
    call,
  );
  return rows[0]?.advanced === true ? 'advanced' : 'lost';
}

export async function releasePart(db: Db, { jobId, partId, claim }: ClaimedPart, call: Call): Promise<void> {
  await sql`
    UPDATE migration_job_parts SET claim = NULL, free_at = clock_timestamp()
    WHERE job_id = ${jobId} AND part_id = ${partId} AND claim = ${claim}
      AND free_at > clock_timestamp()`.execute(db, call);
}

export async function takeBudget(db: Db, jobId: string, wanted: number, call: Call): Promise<number> {
  const units = Math.max(0, Math.floor(wanted));
  const { rows } = await sql<{ readonly taken: string }>`
    SELECT take_job_budget(${jobId}, ${units}, ${BUCKET_SECONDS}, ${RATE_WINDOW_SECONDS}) AS taken`.execute(
    db,
    call,
  );
  return Number(rows[0]?.taken ?? 0);
}

function interval(milliseconds: number) {
  return sql`${milliseconds}::double precision * interval '1 millisecond'`;
}

function toPart(row: PartRow): JobPart {
  const after = optional(row.after_key);
  const upTo = optional(row.up_to_key);
  const range: KeyRange = { ...(after !== undefined && { after }), ...(upTo !== undefined && { upTo }) };
  return { side: row.side as JobPart['side'], range };
}

function optional(stored: string | null): string | undefined {
  return stored === null ? undefined : fromStorableText(stored);
}
