import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { JsonObject } from '../../domain/json.ts';
import type { Call } from '../../ports/call.ts';
import type { Ids } from '../../ports/ids.ts';
import type { RankedEntry, RankedLists, RankedSlice } from '../../ports/ranked-lists.ts';
import type { RequestTables } from './migrations/0004-requests.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<RequestTables>;

/** Expired lists that one `save` deletes: more than it adds, few enough to go unnoticed. */
const PRUNED_AT_ONCE = 20;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lists in the unlogged table `ranked_lists`, timed by the server's clock. A crash of the server empties it. */
export function createPostgresRankedLists({ db, ids }: { readonly db: Db; readonly ids: Ids }): RankedLists {
  return {
    save: async (entries, meta, ttlMs, call) => {
      const listId = ids.next();
      await withStoreErrors(() => save(db, { listId, entries, meta, ttlMs }, call));
      return listId;
    },
    slice: async (listId, offset, limit, call) => {
      // Postgres raises an error for what is not a uuid, and takes forms of one that were never handed out.
      if (!UUID.test(listId)) return undefined;
      return withStoreErrors(() => slice(db, listId, offset, limit, call));
    },
  };
}

interface NewList {
  readonly listId: string;
  readonly entries: readonly RankedEntry[];
  readonly meta: JsonObject;
  readonly ttlMs: number;
}

// A list is new, so nobody else wants its row, and SKIP LOCKED passes over what another caller is deleting: no deadlock.
// As an array the expired rows are picked once, where a join may run the LIMIT again and again. They are compared with
// `statement_timestamp()`, because with the volatile `clock_timestamp()` no index could be used.
async function save(db: Db, { listId, entries, meta, ttlMs }: NewList, call: Call): Promise<void> {
  const entryIds = entries.map((entry) => entry.id);
  const scores = entries.map((entry) => entry.score);
  await sql`
    WITH pruned AS (
      DELETE FROM ranked_lists WHERE list_id = ANY(ARRAY(
        SELECT list_id FROM ranked_lists WHERE expires_at <= statement_timestamp()
        ORDER BY expires_at LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED))
    )
    INSERT INTO ranked_lists (list_id, ids, scores, meta, expires_at)
    VALUES (${listId}, ${entryIds}::text[], ${scores}::double precision[], ${JSON.stringify(meta)}::json,
      clock_timestamp() + ${ttlMs} * interval '1 millisecond')`.execute(db, call);
}

// The slice is cut by the server, so a page does not carry the whole list. Arrays count from 1.
async function slice(
  db: Db,
  listId: string,
  offset: number,
  limit: number,
  call: Call,
): Promise<RankedSlice | undefined> {
  const first = offset + 1;
  const last = offset + limit;
  const { rows } = await sql<{ ids: string[]; scores: number[]; size: number; meta: JsonObject }>`
    SELECT ids[${first}::int:${last}::int] AS ids, scores[${first}::int:${last}::int] AS scores,
      cardinality(ids) AS size, meta
    FROM ranked_lists WHERE list_id = ${listId} AND expires_at > clock_timestamp()`.execute(db, call);
  const [row] = rows;
  if (row === undefined) return undefined;
  const entries = row.ids.map((id, index) => ({ id, score: row.scores[index] ?? 0 }));
  return { entries, size: row.size, meta: row.meta };
}
