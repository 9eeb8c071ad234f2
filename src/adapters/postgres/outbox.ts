import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type { DataSet, Mark, Outbox, OutboxDepth } from '../../ports/outbox.ts';
import { withStoreErrors } from './store-errors.ts';
import type { Database } from './tables.ts';

/** Marks in the table `outbox`. Leases are by the server's clock, so instances need not agree on the time. */
export function createPostgresOutbox({ db }: { readonly db: Kysely<Database> }): Outbox {
  const run = async (statement: RawBuilder<unknown>, call: Call): Promise<void> => {
    await withStoreErrors(() => statement.execute(db, { signal: call.signal }));
  };
  return {
    claim: (dataSet, limit, leaseMs, call) =>
      withStoreErrors(() => claimMarks(db, { dataSet, limit, leaseMs }, call)),
    settle: (dataSet, marks, call) => run(settleStatement(dataSet, marks), call),
    putOff: (dataSet, marks, delayMs, reason, call) =>
      run(putOffStatement(dataSet, marks, { delayMs, reason }), call),
    depth: (dataSet, call) => withStoreErrors(() => readDepth(db, dataSet, call)),
  };
}

interface MarkRow {
  readonly key: string;
  readonly version: string;
  readonly attempts: number;
}

async function claimMarks(
  db: Kysely<Database>,
  claim: { readonly dataSet: DataSet; readonly limit: number; readonly leaseMs: number },
  call: Call,
): Promise<readonly Mark[]> {
  // The row lock lasts for the statement only; a mark that another claim or a write holds just now is left to the next.
  const statement = sql<MarkRow>`
    with free as materialized (
      select key from outbox where data_set = ${claim.dataSet} and free_at <= clock_timestamp()
      order by enqueued_at, key limit ${claim.limit}
      for update skip locked
    ),
    claimed as (
      update outbox as mark
      set free_at = clock_timestamp() + ${interval(claim.leaseMs)}, attempts = mark.attempts + 1
      from free where mark.data_set = ${claim.dataSet} and mark.key = free.key
      returning mark.key, mark.version, mark.attempts - 1 as attempts, mark.enqueued_at
    )
    select key, version, attempts from claimed order by enqueued_at, key`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  return rows.map((row) => ({ key: row.key, version: Number(row.version), attempts: row.attempts }));
}

function settleStatement(dataSet: DataSet, marks: readonly Mark[]): RawBuilder<unknown> {
  return sql`
    with settled as (${lockedMarks(dataSet, marks, sql`mark.version <= given.version`)})
    delete from outbox as mark using settled where mark.data_set = ${dataSet} and mark.key = settled.key`;
}

// Only the caller's own claim is given back: each claim counts `attempts` up, so a later one has another number.
function putOffStatement(
  dataSet: DataSet,
  marks: readonly Mark[],
  { delayMs, reason }: { readonly delayMs: number; readonly reason: string },
): RawBuilder<unknown> {
  const own = sql`mark.version = given.version and mark.attempts = given.attempts + 1`;
  return sql`
    with put_off as (${lockedMarks(dataSet, marks, own)})
    update outbox as mark set free_at = clock_timestamp() + ${interval(delayMs)}, last_error = ${reason}
    from put_off where mark.data_set = ${dataSet} and mark.key = put_off.key`;
}

// Locked by key, as the writes do it: callers with keys in common wait for each other in one direction only.
function lockedMarks(
  dataSet: DataSet,
  marks: readonly Mark[],
  which: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`
    select mark.key from outbox as mark
    join json_to_recordset(${JSON.stringify(marks)}::json) as given (key text, version bigint, attempts integer)
      on given.key = mark.key
    where mark.data_set = ${dataSet} and ${which}
    order by mark.key for update of mark`;
}

function interval(milliseconds: number): RawBuilder<unknown> {
  return sql`${milliseconds}::double precision * interval '1 millisecond'`;
}

async function readDepth(db: Kysely<Database>, dataSet: DataSet, call: Call): Promise<OutboxDepth> {
  const statement = sql<{ readonly pending: string; readonly age: number | null }>`
    select count(*) as pending,
      (extract(epoch from clock_timestamp() - min(enqueued_at)) * 1000)::double precision as age
    from outbox where data_set = ${dataSet}`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  const { pending, age } = rows[0] ?? { pending: 0, age: null };
  return { pending: Number(pending), oldestAgeMs: Math.max(0, age ?? 0) };
}
