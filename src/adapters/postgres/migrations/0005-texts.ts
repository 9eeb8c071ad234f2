import type { ColumnType, Generated, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** `pg` reads int8 as text, since it can be past 2^53. */
type Int8 = ColumnType<string, number | string, number | string>;

export interface TextTables {
  /** A document, or what is left of a removed one: its id and version, and nothing that a search finds. */
  search_texts: {
    content_id: string;
    version: Int8;
    source: 'program' | 'document';
    title: string | null;
    description: string | null;
    category: string | null;
    language: string | null;
    content_type: string | null;
    tags: string[];
    popularity: number;
    popularity_level: Generated<number>;
    release_date: string | null;
    title_line: string | null;
    title_words: string | null;
    label_words: string | null;
    words: string | null;
  };
  search_title_words: { word: string; typo_keys: string[] };
  /** The text search configurations that some document was stemmed with, other than our own stemmers. */
  search_stemmers: { config: string };
}

// `words` holds every word of a document as it is and stemmed by its language, `title_words` those of the title with
// neighbours joined (`_starwars`), `label_words` those of tags and category. They have no positions, which keeps the rows
// small enough to stay off TOAST and the index a third of the size: phrases are compared on `title_line`.
// `popularity_level` is indexed in place of the popularity itself: it changes rarely, and an update that changes no indexed
// column needs no new index entries (a "HOT" update, for which the fill factor leaves room).
// "C" compares bytes, which for UTF-8 is by code point, and lets a B-tree serve prefixes.
const createTexts = sql`
  CREATE TABLE search_texts (
    content_id text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    title text COLLATE "C",
    description text,
    category text COLLATE "C",
    language text COLLATE "C",
    content_type text COLLATE "C",
    tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
    popularity double precision NOT NULL DEFAULT 0,
    popularity_level integer GENERATED ALWAYS AS (floor(4 * ln(1 + popularity))) STORED,
    release_date text COLLATE "C",
    title_line text COLLATE "C",
    title_words tsvector,
    label_words tsvector,
    words tsvector
  ) WITH (fillfactor = 90)`;

// A title's words, once each, filed so that a mistyped one finds them (domain/search/typos.ts).
const createTitleWords = sql`
  CREATE TABLE search_title_words (
    word text COLLATE "C" PRIMARY KEY,
    typo_keys text[] COLLATE "C" NOT NULL
  )`;

const indexes = [
  // GIN collects new entries in a pending list that is merged in bulk, twice as fast as one by one; but every search reads
  // the whole list. A limit (in kB) keeps that to a quarter of a millisecond. New words of titles are few: they go without.
  sql`CREATE INDEX search_texts_words ON search_texts USING gin (words, title_words, label_words)
    WITH (gin_pending_list_limit = 512)`,
  sql`CREATE INDEX search_texts_title_line ON search_texts (title_line)`,
  sql`CREATE INDEX search_texts_popularity_level ON search_texts (popularity_level DESC, content_id)`,
  sql`CREATE INDEX search_title_words_typo_keys ON search_title_words USING gin (typo_keys)
    WITH (fastupdate = off)`,
];

export const texts: Migration = {
  async up(db: Kysely<unknown>) {
    await createTexts.execute(db);
    await createTitleWords.execute(db);
    await sql`CREATE TABLE search_stemmers (config text COLLATE "C" PRIMARY KEY)`.execute(db);
    for (const index of indexes) await index.execute(db);
  },
};
