import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import { documentWords } from '../../../domain/search/document-words.ts';
import { typoKeys, typosAllowed } from '../../../domain/search/typos.ts';
import type { Call } from '../../../ports/call.ts';
import type { TextTables } from '../migrations/0005-texts.ts';
import { stemmingConfig } from './stemmers.ts';

type Db = Kysely<TextTables>;

/**
 * What goes into one statement. Its time grows with the number of different words: 500 documents of nothing but different
 * characters would pass the statement time-out.
 */
const BATCH = 500;
const BATCH_CHARACTERS = 500_000;

/** The rule of `domain/search/freshness.ts` for a row that is there already. */
const isNewer = sql<boolean>`CASE
  WHEN stored.source = excluded.source THEN excluded.version > stored.version
  ELSE excluded.source = 'program' END`;

export async function indexDocuments(
  db: Db,
  documents: readonly SearchDocument[],
  call: Call,
): Promise<void> {
  for (const batch of batches(documents)) await indexBatch(db, batch, call);
}

function* batches(documents: readonly SearchDocument[]): Generator<readonly SearchDocument[]> {
  let batch: SearchDocument[] = [];
  let characters = 0;
  for (const document of documents) {
    batch.push(document);
    characters += document.title.length + document.description.length;
    if (batch.length < BATCH && characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

// Rows of every table are locked in one order, so that two batches with the same ids or words wait for one another and
// never deadlock. An unknown configuration (an older server) leaves its documents unstemmed.
async function indexBatch(db: Db, documents: readonly SearchDocument[], call: Call): Promise<void> {
  const given = documents.map(toGiven);
  const words = [...new Set(given.flatMap((document) => document.typo_words))].map(toWordRow);
  const rows = JSON.stringify(given.map(({ typo_words: _, ...row }) => row));
  await sql`
    WITH given AS MATERIALIZED (
      SELECT d.*, c.cfgname, c.oid::regconfig AS config FROM json_to_recordset(${rows}::json) AS d (
        content_id text, version bigint, source text, title text, description text, category text, language text,
        content_type text, tags text[], popularity double precision, release_date text, title_line text,
        title_entries text, label_entries text, description_entries text, stemming text)
      LEFT JOIN pg_catalog.pg_ts_config c
        ON c.cfgname = d.stemming AND c.cfgnamespace = 'pg_catalog'::regnamespace
    ), vectors AS (
      SELECT given.*,
        ${vector('title_entries', 'title_line')} AS title_words,
        ${vector('label_entries', 'label_entries')} AS label_words,
        ${vector('description_entries', 'description_entries')} AS description_words
      FROM given
    ), new_words AS (
      INSERT INTO search_title_words (word, typo_keys)
      SELECT w.word, string_to_array(w.keys, ' ')
      FROM json_to_recordset(${JSON.stringify(words)}::json) AS w (word text, keys text)
      WHERE NOT EXISTS (SELECT FROM search_title_words known WHERE known.word = w.word)
      ORDER BY w.word COLLATE "C"
      ON CONFLICT DO NOTHING
    ), new_stemmers AS (
      INSERT INTO search_stemmers (config)
      SELECT DISTINCT cfgname::text COLLATE "C" FROM given
      WHERE cfgname IS NOT NULL
        AND NOT EXISTS (SELECT FROM search_stemmers known WHERE known.config = given.cfgname::text)
      ORDER BY 1
      ON CONFLICT DO NOTHING
    )
    INSERT INTO search_texts AS stored (content_id, version, source, title, description, category, language, content_type,
      tags, popularity, release_date, title_line, title_words, label_words, words)
    SELECT content_id, version, source, title, description, category, language, content_type,
      tags, popularity, release_date, title_line, title_words, label_words,
      title_words || label_words || description_words
    FROM vectors
    ORDER BY content_id COLLATE "C"
    ON CONFLICT (content_id) DO UPDATE SET
      version = excluded.version, source = excluded.source, title = excluded.title,
      description = excluded.description, category = excluded.category, language = excluded.language,
      content_type = excluded.content_type, tags = excluded.tags, popularity = excluded.popularity,
      release_date = excluded.release_date, title_line = excluded.title_line, title_words = excluded.title_words,
      label_words = excluded.label_words, words = excluded.words
    WHERE ${isNewer}`.execute(db, call);
}

function vector(entries: string, stemmed: string) {
  return sql`array_to_tsvector(string_to_array(${sql.ref(entries)}, ' ')) ||
    CASE WHEN config IS NULL THEN ''::tsvector ELSE strip(to_tsvector(config, ${sql.ref(stemmed)})) END`;
}

function toGiven(document: SearchDocument) {
  const words = documentWords(document);
  return {
    content_id: document.contentId,
    version: document.version,
    source: document.source,
    title: document.title,
    description: document.description,
    category: document.category,
    language: document.language,
    content_type: document.type,
    tags: [...new Set(document.tags)],
    popularity: document.popularityScore,
    release_date: document.releaseDate,
    title_line: words.titleLine,
    title_entries: words.title.join(' '),
    label_entries: words.labels.join(' '),
    description_entries: words.description.join(' '),
    stemming: stemmingConfig(document.language),
    typo_words: words.titleWords.filter((word) => typosAllowed(word) > 0),
  };
}

function toWordRow(word: string) {
  return { word, keys: typoKeys(word).join(' ') };
}

/** A removed document keeps its row, without content: a late, older write is measured against its version. */
export async function removeDocuments(
  db: Db,
  removals: readonly DocumentRemoval[],
  call: Call,
): Promise<void> {
  if (removals.length === 0) return;
  const ids = removals.map((removal) => removal.contentId);
  const versions = removals.map((removal) => removal.version);
  const sources = removals.map((removal) => removal.source);
  await sql`
    INSERT INTO search_texts AS stored (content_id, version, source)
    SELECT content_id, version, source
    FROM unnest(${ids}::text[], ${versions}::bigint[], ${sources}::text[]) AS gone (content_id, version, source)
    ORDER BY content_id COLLATE "C"
    ON CONFLICT (content_id) DO UPDATE SET
      version = excluded.version, source = excluded.source, title = NULL, description = NULL, category = NULL, language = NULL,
      content_type = NULL, tags = '{}', popularity = 0, release_date = NULL, title_line = NULL,
      title_words = NULL, label_words = NULL, words = NULL
    WHERE ${isNewer}`.execute(db, call);
}
