import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../../ports/call.ts';
import type { DataSet, OutboxDepth, ParkedMark } from '../../../ports/outbox.ts';
import type { Database } from '../tables.ts';

interface ParkedRow {
  readonly key: string;
  readonly version: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly parked_at: Date;
}

export async function readParked(
  db: Kysely<Database>,
  dataSet: DataSet,
  limit: number,
  call: Call,
): Promise<readonly ParkedMark[]> {
  const statement = sql<ParkedRow>`
    select key, version, attempts, last_error, parked_at from outbox
    where data_set = ${dataSet} and parked_at is not null order by key limit ${limit}`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  return rows.map((row) => ({
    key: row.key,
    version: Number(row.version),
    attempts: row.attempts,
    reason: row.last_error ?? '',
    parkedAt: row.parked_at,
  }));
}

interface DepthRow {
  readonly pending: string;
  readonly parked: string;
  readonly age: number | null;
}

// Each part has the conditions of one of the partial indexes, which then answers it alone.
export async function readDepth(db: Kysely<Database>, dataSet: DataSet, call: Call): Promise<OutboxDepth> {
  const statement = sql<DepthRow>`
    select
      (select count(*) from outbox where data_set = ${dataSet} and parked_at is null) as pending,
      (select count(*) from outbox where data_set = ${dataSet} and parked_at is not null) as parked,
      (select (extract(epoch from clock_timestamp() - min(enqueued_at)) * 1000)::double precision
        from outbox where data_set = ${dataSet} and parked_at is null) as age`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  const { pending, parked, age } = rows[0] ?? { pending: 0, parked: 0, age: null };
  return { pending: Number(pending), parked: Number(parked), oldestAgeMs: Math.max(0, age ?? 0) };
}
