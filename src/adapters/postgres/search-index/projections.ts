import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import type { Call } from '../../../ports/call.ts';
import type { ProjectOptions } from '../../../ports/search-index.ts';
import type { SearchTables } from '../migrations/0002-search.ts';
import type { Row } from './rows.ts';

/** Rows in one statement: a batch is one round trip and one commit, and its JSON stays a few megabytes at most. */
const BATCH = 500;

/** What `json_to_recordset` reads: a row as a document or its removal makes it. */
export type ProjectedRow = Omit<Row, 'version' | 'indexed_at'> & {
  readonly version: number;
  readonly removed: boolean;
  readonly indexed_at: Date | string;
};

/** Writes the rows that are newer than what is stored, as `isNewer` has it. */
export async function writeRows(
  db: Kysely<SearchTables>,
  rows: readonly ProjectedRow[],
  options: ProjectOptions | undefined,
  call: Call,
): Promise<void> {
  const isWritten = options?.refresh === true ? IS_NEWER_OR_SAME : IS_NEWER;
  for (let start = 0; start < rows.length; start += BATCH) {
    await writeBatch(db, rows.slice(start, start + BATCH), isWritten, call);
  }
}

const IS_NEWER = sql<boolean>`CASE WHEN excluded.source = stored.source
  THEN excluded.version > stored.version ELSE excluded.source = 'program' END`;
const IS_NEWER_OR_SAME = sql<boolean>`CASE WHEN excluded.source = stored.source
  THEN excluded.version >= stored.version ELSE excluded.source = 'program' END`;

// Rows are locked in the order they are written: sorted, so that two batches with the same ids wait for one another and
// never deadlock.
async function writeBatch(
  db: Kysely<SearchTables>,
  rows: readonly ProjectedRow[],
  isWritten: RawBuilder<boolean>,
  call: Call,
): Promise<void> {
  await sql`
    INSERT INTO search_documents AS stored
      (content_id, source, version, removed, appeared, content_type, title, description, category, language, tags,
       popularity_score, release_date, indexed_at)
    SELECT content_id, source, version, removed, true, content_type, title, description, category, language, tags,
      popularity_score, release_date, indexed_at
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given (
      content_id text, source text, version bigint, removed boolean, content_type text, title text, description text, category text,
      language text, tags text[], popularity_score double precision, release_date text, indexed_at timestamptz)
    ORDER BY content_id COLLATE "C"
    ON CONFLICT (content_id) DO UPDATE SET
      source = excluded.source, version = excluded.version, removed = excluded.removed, appeared = stored.removed,
      content_type = excluded.content_type, title = excluded.title, description = excluded.description,
      category = excluded.category, language = excluded.language, tags = excluded.tags,
      popularity_score = excluded.popularity_score, release_date = excluded.release_date,
      indexed_at = excluded.indexed_at
    WHERE ${isWritten}`.execute(db, call);
}

export function toRow(document: SearchDocument): ProjectedRow {
  return {
    content_id: document.contentId,
    source: document.source,
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
export function toTombstone(removal: DocumentRemoval): ProjectedRow {
  return {
    content_id: removal.contentId,
    source: removal.source,
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
