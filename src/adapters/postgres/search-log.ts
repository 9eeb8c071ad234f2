import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type { SearchLog, SearchLogEntry } from '../../ports/search-log.ts';
import { LOG_KEPT_MS } from '../../ports/search-log.ts';
import type { SearchTables } from './migrations/0002-search.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<SearchTables>;

/** Entries pruned with each call of `record`, beyond twice those it brings. */
const PRUNED_AT_LEAST = 100;

/** The table `search_log`. Each `record` takes away more old entries than it brings, so the log never outgrows its time. */
export function createPostgresSearchLog({ db }: { readonly db: Db }): SearchLog {
  return {
    record: (entries, call) => withStoreErrors(() => record(db, entries, call)),
    recent: (limit, call) => withStoreErrors(() => recent(db, limit, call)),
  };
}

async function record(db: Db, entries: readonly SearchLogEntry[], call: Call): Promise<void> {
  if (entries.length === 0) return;
  await prune(db, PRUNED_AT_LEAST + 2 * entries.length, call);
  await insert(db, entries, call);
}

// `clock_timestamp()` is volatile: compared with it, the index could not be used and every row would be read.
const oldest = sql`statement_timestamp() - ${LOG_KEPT_MS} * interval '1 millisecond'`;

// A statement of its own: together with the insert, two callers could wait for each other's rows.
// SKIP LOCKED leaves a row to the caller that is deleting it already; as an array the rows are picked once, where a join
// may run the LIMIT again and again.
async function prune(db: Db, limit: number, call: Call): Promise<void> {
  await sql`
    DELETE FROM search_log WHERE query_id = ANY(ARRAY(
      SELECT query_id FROM search_log WHERE at <= ${oldest} ORDER BY at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ))`.execute(db, call);
}

// Sorted, so that two callers with the same entries never deadlock.
async function insert(db: Db, entries: readonly SearchLogEntry[], call: Call): Promise<void> {
  await sql`
    INSERT INTO search_log (query_id, text, filters, total, took_ms, at)
    SELECT * FROM json_to_recordset(${JSON.stringify(entries.map(toRow))}::json) AS given (
      query_id text, text text, filters jsonb, total bigint, took_ms double precision, at timestamptz)
    ORDER BY query_id COLLATE "C"
    ON CONFLICT (query_id) DO NOTHING`.execute(db, call);
}

function toRow(entry: SearchLogEntry) {
  const { queryId, text, filters, total, tookMs, at } = entry;
  return { query_id: queryId, text, filters, total, took_ms: tookMs, at };
}

async function recent(db: Db, limit: number, call: Call): Promise<readonly SearchLogEntry[]> {
  const rows = await db
    .selectFrom('search_log')
    .selectAll()
    .where('at', '>', sql<Date>`${oldest}`)
    .orderBy('at', 'desc')
    .orderBy('query_id')
    .limit(limit)
    .execute(call);
  return rows.map((row) => ({
    queryId: row.query_id,
    text: row.text,
    filters: row.filters,
    total: Number(row.total),
    tookMs: row.took_ms,
    at: row.at,
  }));
}
