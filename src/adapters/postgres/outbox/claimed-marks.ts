import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../../ports/call.ts';
import type { DataSet, Mark } from '../../../ports/outbox.ts';
import type { Database } from '../tables.ts';
import { interval, isOneOf } from './fragments.ts';

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
    with ${heldMarks({ dataSet, marks, which: sql`true`, locking })},
    gone as (
      delete from outbox as mark where ${isOneOf(dataSet, sql`select key from held where is_same`)}
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
    with ${heldMarks({ dataSet, marks, which: OWN_CLAIM, locking })},
    put_off as (
      update outbox as mark set free_at = clock_timestamp() + ${interval(delayMs)}, last_error = ${reason}
      where ${isOneOf(dataSet, sql`select key from held`)}
    )
    ${countLeft()}`;
}

export function parkStatement(dataSet: DataSet, marks: readonly Mark[], reason: string): MarksStatement {
  return (locking) => sql`
    with ${heldMarks({ dataSet, marks, which: OWN_CLAIM, locking })},
    parked as (
      update outbox as mark set parked_at = clock_timestamp(), last_error = ${reason}
      where ${isOneOf(dataSet, sql`select key from held`)}
    )
    ${countLeft()}`;
}

// Each claim counts `attempts` up, so a later one has another number.
const OWN_CLAIM = sql<boolean>`
  mark.revision = given.revision and mark.attempts = given.attempts + 1 and mark.parked_at is null`;

interface Held {
  readonly dataSet: DataSet;
  readonly marks: readonly Mark[];
  readonly which: RawBuilder<boolean>;
  readonly locking: RawBuilder<unknown>;
}

/**
 * Locked by key, as the writes do it: callers with keys in common wait for each other in one direction only. A mark that was
 * changed since the statement began is judged, once it is locked, by what it is now.
 *
 * The outbox grows from nothing to a backlog in seconds, and the planner's statistics lag behind: each mark is looked up by its
 * key in a sub-select of its own, which leaves no other plan.
 */
function heldMarks({ dataSet, marks, which, locking }: Held): RawBuilder<unknown> {
  return sql`
    given as materialized (
      select key, revision, attempts, "claimedAt" as claimed_at
      from json_to_recordset(${JSON.stringify(marks)}::json)
        as given (key text, revision bigint, attempts integer, "claimedAt" timestamptz)
      order by key collate "C"
    ),
    meant as (
      select given.key from given cross join lateral (
        select from outbox as mark where mark.data_set = ${dataSet} and mark.key = given.key and ${which} limit 1
      ) as found
    ),
    held as materialized (
      select given.key, found.revision = given.revision as is_same, given.claimed_at
      from given cross join lateral (
        select mark.revision from outbox as mark
        where mark.data_set = ${dataSet} and mark.key = given.key and ${which} ${locking}
      ) as found
    )`;
}

function countLeft(): RawBuilder<{ readonly left: string }> {
  return sql`select count(*) as left from meant where not exists (select from held where held.key = meant.key)`;
}
