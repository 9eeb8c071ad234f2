import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../../ports/call.ts';
import type { DataSet, Mark } from '../../../ports/outbox.ts';
import type { Database } from '../tables.ts';
import { interval } from './interval.ts';

/** What is done with marks that were claimed; answers how many it left because another transaction holds them. */
export type MarksStatement = (locking: RawBuilder<unknown>) => RawBuilder<{ readonly left: string }>;

/** SQLSTATE of a lock that was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';
const WAIT = '100ms';

/**
 * Runs a statement on the marks that nobody else holds just now, and on those that were left once more, with a short wait.
 *
 * A mark is held for a moment by another of these calls, or as long as its transaction lasts by a writer, who is about to mark it
 * again. Waiting for writers would let one forgotten session keep a whole relay; and since the wait is shorter than
 * `deadlock_timeout`, no writer fails on our account. A mark that is left all the same is free again when its lease ends.
 */
export async function runOnMarks(db: Kysely<Database>, statement: MarksStatement, call: Call): Promise<void> {
  const options = { signal: call.signal };
  const { rows } = await statement(sql`for update of mark skip locked`).execute(db, options);
  if (Number(rows[0]?.left ?? 0) === 0) return;
  try {
    await db
      .transaction()
      .setIsolationLevel('read committed')
      .execute(async (transaction) => {
        await sql`select set_config('lock_timeout', ${WAIT}, true)`.execute(transaction, options);
        await statement(sql`for update of mark`).execute(transaction, options);
      });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
  }
}

export function settleStatement(dataSet: DataSet, marks: readonly Mark[]): MarksStatement {
  return (locking) => sql`
    with ${heldMarks(dataSet, marks, sql`true`, locking)},
    gone as (
      delete from outbox as mark using held
      where mark.data_set = ${dataSet} and mark.key = held.key and held.is_same
    ),
    aged as (
      update outbox as mark set enqueued_at = held.claimed_at from held
      where mark.data_set = ${dataSet} and mark.key = held.key
        and not held.is_same and mark.enqueued_at < held.claimed_at
    )
    ${countLeft()}`;
}

export function putOffStatement(
  dataSet: DataSet,
  marks: readonly Mark[],
  { delayMs, reason }: { readonly delayMs: number; readonly reason: string },
): MarksStatement {
  return (locking) => sql`
    with ${heldMarks(dataSet, marks, ownClaim(), locking)},
    put_off as (
      update outbox as mark set free_at = clock_timestamp() + ${interval(delayMs)}, last_error = ${reason}
      from held where mark.data_set = ${dataSet} and mark.key = held.key
    )
    ${countLeft()}`;
}

export function parkStatement(dataSet: DataSet, marks: readonly Mark[], reason: string): MarksStatement {
  return (locking) => sql`
    with ${heldMarks(dataSet, marks, ownClaim(), locking)},
    parked as (
      update outbox as mark set parked_at = clock_timestamp(), last_error = ${reason}
      from held where mark.data_set = ${dataSet} and mark.key = held.key
    )
    ${countLeft()}`;
}

// Each claim counts `attempts` up, so a later one has another number.
function ownClaim(): RawBuilder<boolean> {
  return sql`mark.revision = given.revision and mark.attempts = given.attempts + 1 and mark.parked_at is null`;
}

// Locked by key, as the writes do it: callers with keys in common wait for each other in one direction only. A mark that was
// changed since the statement began is judged, once it is locked, by what it is now.
function heldMarks(
  dataSet: DataSet,
  marks: readonly Mark[],
  which: RawBuilder<boolean>,
  locking: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const given = sql`json_to_recordset(${JSON.stringify(marks)}::json)
    as given (key text, revision bigint, attempts integer, "claimedAt" timestamptz)`;
  return sql`
    meant as materialized (
      select mark.key from outbox as mark join ${given} on given.key = mark.key
      where mark.data_set = ${dataSet} and ${which}
    ),
    held as materialized (
      select mark.key, mark.revision = given.revision as is_same, given."claimedAt" as claimed_at
      from outbox as mark join ${given} on given.key = mark.key
      where mark.data_set = ${dataSet} and ${which}
      order by mark.key ${locking}
    )`;
}

function countLeft(): RawBuilder<{ readonly left: string }> {
  return sql`select count(*) as left from meant where not exists (select from held where held.key = meant.key)`;
}
