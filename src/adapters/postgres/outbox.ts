import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type { DataSet, Mark, MarkedKey, Outbox } from '../../ports/outbox.ts';
import type { Notifications } from './notifications.ts';
import { parkStatement, putOffStatement, runOnMarks, settleStatement } from './outbox/claimed-marks.ts';
import { interval, isOneOf } from './outbox/fragments.ts';
import { readDepth, readParked } from './outbox/reports.ts';
import { withStoreErrors } from './store-errors.ts';
import type { Database } from './tables.ts';

type Db = Kysely<Database>;

export interface PostgresOutboxDeps {
  readonly db: Db;
  readonly notifications: Notifications;
}

const CHANNEL = 'mediamesh_outbox';

/**
 * Marks in the table `outbox`, left there by the triggers of the tables that are copied. Leases are by the server's clock, so
 * instances need not agree on the time.
 */
export function createPostgresOutbox({ db, notifications }: PostgresOutboxDeps): Outbox {
  return {
    claim: (dataSet, limit, leaseMs, call) =>
      withStoreErrors(() => claimMarks(db, { dataSet, limit, leaseMs }, call)),
    settle: (dataSet, marks, call) =>
      withStoreErrors(() => runOnMarks(db, settleStatement(dataSet, marks), call)),
    putOff: (dataSet, marks, delayMs, reason, call) =>
      withStoreErrors(() => runOnMarks(db, putOffStatement(dataSet, marks, { delayMs, reason }), call)),
    park: (dataSet, marks, reason, call) =>
      withStoreErrors(() => runOnMarks(db, parkStatement(dataSet, marks, reason), call)),
    parked: (dataSet, limit, call) => withStoreErrors(() => readParked(db, dataSet, limit, call)),
    mark: (dataSet, keys, call) => withStoreErrors(() => markKeys(db, dataSet, keys, call)),
    depth: (dataSet, call) => withStoreErrors(() => readDepth(db, dataSet, call)),
    hint: (dataSet, call) => withStoreErrors(() => notify(db, dataSet, call)),
    onHint: (listener) => notifications.listen(CHANNEL, (dataSet) => listener(dataSet as DataSet)),
  };
}

// A statement of its own: transactions that notify commit one after the other, which the writes must not.
async function notify(db: Db, dataSet: DataSet, call: Call): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${dataSet})`.execute(db, { signal: call.signal });
}

interface MarkRow {
  readonly key: string;
  readonly version: string;
  readonly revision: string;
  readonly attempts: number;
  readonly refresh: boolean;
  readonly claimed_at: Date;
}

async function claimMarks(
  db: Db,
  claim: { readonly dataSet: DataSet; readonly limit: number; readonly leaseMs: number },
  call: Call,
): Promise<readonly Mark[]> {
  // The row lock lasts for the statement only; a mark that another claim or a write holds just now is left to the next.
  const statement = sql<MarkRow>`
    with free as materialized (
      select key from outbox
      where data_set = ${claim.dataSet} and parked_at is null and free_at <= clock_timestamp()
      order by enqueued_at, key limit ${claim.limit}
      for update skip locked
    ),
    claimed as (
      update outbox as mark
      set free_at = clock_timestamp() + ${interval(claim.leaseMs)}, claimed_at = clock_timestamp(),
        attempts = mark.attempts + 1
      where ${isOneOf(claim.dataSet, sql`select key from free`)}
      returning mark.*
    )
    select key, version, revision, attempts - 1 as attempts, refresh, claimed_at from claimed order by enqueued_at, key`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  return rows.map(({ key, version, revision, attempts, refresh, claimed_at: claimedAt }) => ({
    key,
    version: Number(version),
    revision,
    attempts,
    refresh,
    claimedAt,
  }));
}

// Locked by key, as the writes do it.
async function markKeys(db: Db, dataSet: DataSet, keys: readonly MarkedKey[], call: Call): Promise<void> {
  call.signal.throwIfAborted();
  if (keys.length === 0) return;
  const statement = sql`
    insert into outbox as mark (data_set, key, version, refresh, enqueued_at, free_at, attempts)
    select ${dataSet}, key, version, true, clock_timestamp(), clock_timestamp(), 0
    from json_to_recordset(${JSON.stringify(keys)}::json) as given (key text, version bigint)
    order by key collate "C"
    on conflict (data_set, key) do update set
      version = greatest(mark.version, excluded.version), revision = excluded.revision, refresh = true,
      free_at = excluded.free_at, attempts = 0, last_error = null, claimed_at = null, parked_at = null`;
  await statement.execute(db, { signal: call.signal });
}
