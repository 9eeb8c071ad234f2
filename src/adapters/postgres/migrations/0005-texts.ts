import type { Generated, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export interface TextTables {
  search_texts: SearchTextRow;
  search_title_words: SearchTitleWordRow;
  search_stemmers: SearchStemmerRow;
}

/** A document, or what is left of a removed one: its id and version, nothing that a search finds. */
interface SearchTextRow {
  content_id: string;
  version: string;
  title: string | null;
  description: string | null;
  category: string | null;
  language: string | null;
  content_type: string | null;
  tags: Generated<string[]>;
  popularity: Generated<number>;
  release_date: string | null;
  title_line: string | null;
  title_words: string | null;
  label_words: string | null;
  words: string | null;
}

interface SearchTitleWordRow {
  word: string;
  typo_keys: string[];
}

interface SearchStemmerRow {
  config: string;
}

/**
 * The full-text index.
 *
 * `words` holds every word of a document as it is and stemmed by its language; `title_words` those of the title, with the
 * joined neighbours (`_starwars`); `label_words` those of tags and category. All are without positions, which keeps rows
 * and index small: phrases are compared on `title_line`. Only a title's words have typo keys, kept once a word.
 *
 * GIN's pending list makes batches fast, but every search reads all of it: it is kept to a few milliseconds' worth.
 */
export const texts: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table search_texts (
        content_id text collate "C" primary key,
        version bigint not null,
        title text,
        description text,
        category text collate "C",
        language text collate "C",
        content_type text collate "C",
        tags text[] collate "C" not null default '{}',
        popularity double precision not null default 0,
        release_date date,
        title_line text collate "C",
        title_words tsvector,
        label_words tsvector,
        words tsvector
      )`.execute(db);
    await sql`create index search_texts_words on search_texts using gin (words) with (gin_pending_list_limit = 512)`.execute(
      db,
    );
    await sql`create index search_texts_title_words on search_texts using gin (title_words) with (gin_pending_list_limit = 128)`.execute(
      db,
    );
    await sql`create index search_texts_title_line on search_texts (title_line)`.execute(db);
    await sql`
      create table search_title_words (
        word text collate "C" primary key,
        typo_keys text[] collate "C" not null
      )`.execute(db);
    await sql`create index search_title_words_typo_keys on search_title_words using gin (typo_keys) with (gin_pending_list_limit = 128)`.execute(
      db,
    );
    await sql`create table search_stemmers (config text collate "C" primary key)`.execute(db);
  },
};
