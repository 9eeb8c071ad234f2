import type { ColumnType, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** `pg` reads int8 as a string, because it may be past 2^53. */
type Int8 = ColumnType<string, number, number>;

export interface SearchTables {
  search_documents: {
    content_id: string;
    source: 'program' | 'document';
    version: Int8;
    /** Soft removal: the row goes on to say which version of the id was the last. */
    removed: boolean;
    /** Whether the last write made the document appear: no row was there, or a removed one. */
    appeared: boolean;
    content_type: string;
    title: string;
    description: string;
    category: string;
    language: string;
    tags: string[];
    popularity_score: number;
    release_date: string | null;
    indexed_at: Date;
  };
  search_log: {
    query_id: string;
    text: string;
    filters: Record<string, string>;
    total: Int8;
    took_ms: number;
    at: Date;
  };
}

export const search: Migration = {
  async up(db: Kysely<unknown>) {
    await createDocuments(db);
    await createLog(db);
  },
};

// A projection mostly changes the popularity, which no index holds: the room that the fill factor leaves on a page lets
// Postgres write the new row beside the old one without touching any index (a heap-only tuple).
//
// The three indexes serve every list in `content_id` order. The trailing columns of the first two let a list with
// several filters be decided in the index, without a visit to the rows it passes over.
async function createDocuments(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE search_documents (
      content_id text COLLATE "C" PRIMARY KEY,
      source text NOT NULL CHECK (source IN ('program', 'document')),
      version bigint NOT NULL,
      removed boolean NOT NULL,
      appeared boolean NOT NULL,
      content_type text COLLATE "C" NOT NULL,
      title text NOT NULL,
      description text NOT NULL,
      category text COLLATE "C" NOT NULL,
      language text COLLATE "C" NOT NULL,
      tags text[] NOT NULL,
      popularity_score double precision NOT NULL,
      release_date text,
      indexed_at timestamptz NOT NULL
    ) WITH (fillfactor = 90)`.execute(db);
  await sql`
    CREATE INDEX search_documents_category
    ON search_documents (category, content_id, content_type, language) WHERE NOT removed`.execute(db);
  await sql`
    CREATE INDEX search_documents_content_type
    ON search_documents (content_type, content_id, language) WHERE NOT removed`.execute(db);
  await sql`
    CREATE INDEX search_documents_language
    ON search_documents (language, content_id) WHERE NOT removed`.execute(db);
}

// One index serves both ends of the log: the newest entries for reading, the oldest for pruning.
async function createLog(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE search_log (
      query_id text COLLATE "C" PRIMARY KEY,
      text text NOT NULL,
      filters jsonb NOT NULL,
      total bigint NOT NULL,
      took_ms double precision NOT NULL,
      at timestamptz NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX search_log_at ON search_log (at DESC, query_id)`.execute(db);
}
