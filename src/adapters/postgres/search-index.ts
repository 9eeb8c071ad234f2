import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Page } from '../../domain/page.ts';
import type { DocumentContent, SearchDocument } from '../../domain/search/document.ts';
import { scanPageById } from '../../domain/search/document-state.ts';
import type { Call } from '../../ports/call.ts';
import type {
  DocumentDeleteOutcome,
  DocumentListQuery,
  DocumentPutOutcome,
  SearchTruth,
} from '../../ports/search-index.ts';
import type { SearchTables } from './migrations/0002-search.ts';
import { toRow, toTombstone, writeRows } from './search-index/projections.ts';
import { COLUMNS, toDocument } from './search-index/rows.ts';
import { splitKeys, statesIn, statesOf } from './search-index/states.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<SearchTables>;

/**
 * Search documents in the table `search_documents`. A removed document keeps its row, without content, because the
 * version in it is what a late, older write is measured against.
 */
export function createPostgresSearchIndex({ db }: { readonly db: Db }): SearchTruth {
  return {
    put: (content, at, call) => withStoreErrors(() => put(db, content, at, call)),
    delete: (contentId, call) => withStoreErrors(() => remove(db, contentId, call)),
    project: (documents, call, options) =>
      withStoreErrors(() => writeRows(db, documents.map(toRow), options, call)),
    unproject: (removals, call, options) =>
      withStoreErrors(() => writeRows(db, removals.map(toTombstone), options, call)),
    get: (contentId, call) => withStoreErrors(async () => (await getMany(db, [contentId], call))[0]),
    getMany: (contentIds, call) => withStoreErrors(() => getMany(db, contentIds, call)),
    list: (query, call) => withStoreErrors(() => list(db, query, call)),
    states: (contentIds, call) => withStoreErrors(() => statesOf(db, contentIds, call)),
    scan: (cursor, limit, call) =>
      withStoreErrors(async () => {
        const range = cursor === undefined ? {} : { after: cursor };
        return scanPageById(await statesIn(db, range, limit, call), limit);
      }),
    scanStates: (range, limit, call) => withStoreErrors(() => statesIn(db, range, limit, call)),
    splitKeys: (parts, call) => withStoreErrors(() => splitKeys(db, parts, call)),
  };
}

// `appeared` stands in for the row as it was before, which RETURNING can not show before Postgres 18.
// No row comes back when the WHERE refused the write: the id is a program's.
async function put(db: Db, content: DocumentContent, at: Date, call: Call): Promise<DocumentPutOutcome> {
  const { rows } = await sql<{ version: string; appeared: boolean }>`
    INSERT INTO search_documents AS stored
      (content_id, source, version, removed, appeared, content_type, title, description, category, language, tags,
       popularity_score, release_date, indexed_at)
    VALUES (${content.contentId}, 'document', 1, false, true, ${content.type}, ${content.title}, ${content.description},
      ${content.category}, ${content.language}, ${content.tags}::text[], 0, NULL, ${at})
    ON CONFLICT (content_id) DO UPDATE SET
      version = stored.version + 1, removed = false, appeared = stored.removed, content_type = excluded.content_type,
      title = excluded.title, description = excluded.description, category = excluded.category,
      language = excluded.language, tags = excluded.tags, indexed_at = excluded.indexed_at
    WHERE stored.source = 'document'
    RETURNING version, appeared`.execute(db, call);
  const [written] = rows;
  if (written === undefined) return { outcome: 'owned-by-program' };
  return {
    outcome: written.appeared ? 'created' : 'updated',
    document: {
      ...content,
      tags: [...content.tags],
      popularityScore: 0,
      releaseDate: null,
      source: 'document',
      version: Number(written.version),
      indexedAt: new Date(at),
    },
  };
}

// Locking the row first makes the two parts of the statement speak of the same state: the newest one committed.
async function remove(db: Db, contentId: string, call: Call): Promise<DocumentDeleteOutcome> {
  const { rows } = await sql<{ source: string; removed: boolean; version: string | null }>`
    WITH held AS (
      SELECT source, removed FROM search_documents WHERE content_id = ${contentId} FOR UPDATE
    ), gone AS (
      UPDATE search_documents AS stored
      SET removed = true, version = stored.version + 1, title = '', description = '', tags = '{}'
      FROM held
      WHERE stored.content_id = ${contentId} AND held.source = 'document' AND NOT held.removed
      RETURNING stored.version
    )
    SELECT held.source, held.removed, gone.version FROM held LEFT JOIN gone ON true`.execute(db, call);
  const [held] = rows;
  if (held === undefined || held.removed || (held.source === 'document' && held.version === null)) {
    return { outcome: 'absent' };
  }
  if (held.source === 'program') return { outcome: 'owned-by-program' };
  return { outcome: 'deleted', version: Number(held.version) };
}

async function getMany(db: Db, contentIds: readonly string[], call: Call): Promise<SearchDocument[]> {
  if (contentIds.length === 0) return [];
  const rows = await db
    .selectFrom('search_documents')
    .select(COLUMNS)
    .where(sql<boolean>`content_id = ANY(${contentIds}::text[]) AND NOT removed`)
    .execute(call);
  return rows.map(toDocument);
}

// `NOT removed` is written as the partial indexes have it: only then does the planner use them.
async function list(db: Db, query: DocumentListQuery, call: Call): Promise<Page<SearchDocument>> {
  const { contentType, category, language } = query.filter;
  let select = db.selectFrom('search_documents').select(COLUMNS).where(sql<boolean>`NOT removed`);
  if (contentType !== undefined) select = select.where('content_type', '=', contentType);
  if (category !== undefined) select = select.where('category', '=', category);
  if (language !== undefined) select = select.where('language', '=', language);
  if (query.after !== undefined) select = select.where('content_id', '>', query.after);
  const rows = await select
    .orderBy('content_id')
    .limit(query.limit + 1)
    .execute(call);
  const items = rows.slice(0, query.limit).map(toDocument);
  const last = items.at(-1);
  return { items, next: rows.length > query.limit && last !== undefined ? [last.contentId] : undefined };
}
