import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Page } from '../../domain/page.ts';
import type { DocumentContent, DocumentRemoval, SearchDocument } from '../../domain/search/document.ts';
import type { Call } from '../../ports/call.ts';
import type {
  DocumentDeleteOutcome,
  DocumentListQuery,
  DocumentPutOutcome,
  SearchIndex,
} from '../../ports/search-index.ts';
import type { SearchTables } from './migrations/0002-search.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<SearchTables>;
type Row = Omit<Selectable<SearchTables['search_documents']>, 'removed' | 'appeared'>;

/** Rows in one statement: a batch is one round trip and one commit, and its JSON stays a few megabytes at most. */
const BATCH = 500;

/**
 * Search documents in the table `search_documents`. A removed document keeps its row, without content, because the
 * version in it is what a late, older write is measured against.
 */
export function createPostgresSearchIndex({ db }: { readonly db: Db }): SearchIndex {
  return {
    put: (content, at, call) => withStoreErrors(() => put(db, content, at, call)),
    delete: (contentId, call) => withStoreErrors(() => remove(db, contentId, call)),
    project: (documents, call) => withStoreErrors(() => writeProgramRows(db, documents.map(toRow), call)),
    unproject: (removals, call) =>
      withStoreErrors(() => writeProgramRows(db, removals.map(toTombstone), call)),
    get: (contentId, call) => withStoreErrors(async () => (await getMany(db, [contentId], call))[0]),
    getMany: (contentIds, call) => withStoreErrors(() => getMany(db, contentIds, call)),
    list: (query, call) => withStoreErrors(() => list(db, query, call)),
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

/** What `json_to_recordset` reads: a row as a program's document or its removal makes it. */
type ProgramRow = Omit<Row, 'source' | 'version' | 'indexed_at'> & {
  readonly version: number;
  readonly removed: boolean;
  readonly indexed_at: Date | string;
};

async function writeProgramRows(db: Db, rows: readonly ProgramRow[], call: Call): Promise<void> {
  for (let start = 0; start < rows.length; start += BATCH) {
    await writeBatch(db, rows.slice(start, start + BATCH), call);
  }
}

// Rows are locked in the order they are written: sorted, so that two batches with the same ids wait for one another and
// never deadlock. A document of the document calls has versions of its own, which say nothing about a program's.
async function writeBatch(db: Db, rows: readonly ProgramRow[], call: Call): Promise<void> {
  await sql`
    INSERT INTO search_documents AS stored
      (content_id, source, version, removed, appeared, content_type, title, description, category, language, tags,
       popularity_score, release_date, indexed_at)
    SELECT content_id, 'program', version, removed, true, content_type, title, description, category, language, tags,
      popularity_score, release_date, indexed_at
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given (
      content_id text, version bigint, removed boolean, content_type text, title text, description text, category text,
      language text, tags text[], popularity_score double precision, release_date text, indexed_at timestamptz)
    ORDER BY content_id COLLATE "C"
    ON CONFLICT (content_id) DO UPDATE SET
      source = excluded.source, version = excluded.version, removed = excluded.removed, appeared = stored.removed,
      content_type = excluded.content_type, title = excluded.title, description = excluded.description,
      category = excluded.category, language = excluded.language, tags = excluded.tags,
      popularity_score = excluded.popularity_score, release_date = excluded.release_date,
      indexed_at = excluded.indexed_at
    WHERE excluded.version > stored.version OR stored.source = 'document'`.execute(db, call);
}

function toRow(document: SearchDocument): ProgramRow {
  return {
    content_id: document.contentId,
    version: document.version,
    removed: false,
    content_type: document.type,
    title: document.title,
    description: document.description,
    category: document.category,
    language: document.language,
    tags: [...document.tags],
    popularity_score: document.popularityScore,
    release_date: document.releaseDate,
    indexed_at: document.indexedAt,
  };
}

// An id that was never projected gets a row too: an older projection that is still on its way must find the removal.
function toTombstone(removal: DocumentRemoval): ProgramRow {
  return {
    content_id: removal.contentId,
    version: removal.version,
    removed: true,
    content_type: '',
    title: '',
    description: '',
    category: '',
    language: '',
    tags: [],
    popularity_score: 0,
    release_date: null,
    indexed_at: '-infinity',
  };
}

const COLUMNS = [
  'content_id',
  'source',
  'version',
  'content_type',
  'title',
  'description',
  'category',
  'language',
  'tags',
  'popularity_score',
  'release_date',
  'indexed_at',
] as const;

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

function toDocument(row: Row): SearchDocument {
  return {
    contentId: row.content_id,
    type: row.content_type,
    title: row.title,
    description: row.description,
    category: row.category,
    language: row.language,
    tags: row.tags,
    popularityScore: row.popularity_score,
    releaseDate: row.release_date,
    source: row.source,
    version: Number(row.version),
    indexedAt: row.indexed_at,
  };
}
