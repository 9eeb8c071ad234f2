import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../../ports/call.ts';
import type { KeyRange } from '../../../ports/key-ranges.ts';
import type { DocumentState } from '../../../ports/search-index.ts';
import type { SearchTables } from '../migrations/0002-search.ts';
import { COLUMNS, toState } from './rows.ts';

type Db = Kysely<SearchTables>;

export async function statesOf(
  db: Db,
  contentIds: readonly string[],
  call: Call,
): Promise<readonly DocumentState[]> {
  if (contentIds.length === 0) return [];
  const rows = await db
    .selectFrom('search_documents')
    .select([...COLUMNS, 'removed'])
    .where(sql<boolean>`content_id = ANY(${contentIds}::text[])`)
    .execute(call);
  return rows.map(toState);
}

export async function statesIn(
  db: Db,
  { after, upTo }: KeyRange,
  limit: number,
  call: Call,
): Promise<readonly DocumentState[]> {
  let select = db.selectFrom('search_documents').select([...COLUMNS, 'removed']);
  if (after !== undefined) select = select.where('content_id', '>', after);
  if (upTo !== undefined) select = select.where('content_id', '<=', upTo);
  const rows = await select.orderBy('content_id').limit(limit).execute(call);
  return rows.map(toState);
}

// Each step goes on in the index from the last cut and passes over a part of the ids: nothing is sorted or kept, and with the
// visibility map current no row is visited. Ranking the ids with a window function takes twice the time.
export async function splitKeys(db: Db, parts: number, call: Call): Promise<readonly string[]> {
  const { rows } = await sql<{ content_id: string }>`
    WITH RECURSIVE total AS MATERIALIZED (
      SELECT ids, greatest(least(ids, ${parts}::bigint), 1) AS parts
      FROM (SELECT count(*) AS ids FROM search_documents) AS counted
    ), cut AS (
      SELECT 0::bigint AS part, '' COLLATE "C" AS content_id
      UNION ALL
      SELECT cut.part + 1, next.content_id
      FROM cut, LATERAL (
        SELECT stored.content_id FROM search_documents AS stored
        WHERE stored.content_id > cut.content_id
        ORDER BY stored.content_id
        OFFSET (SELECT ids * (cut.part + 1) / parts - ids * cut.part / parts - 1 FROM total)
        LIMIT 1
      ) AS next
      WHERE cut.part + 1 < (SELECT parts FROM total)
    )
    SELECT content_id FROM cut WHERE part > 0 ORDER BY part`.execute(db, call);
  return rows.map((row) => row.content_id);
}
