import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { QueryWord, QueryWords } from '../../../domain/search/query-words.ts';
import { primaryLanguage, stemmerOf } from '../../../domain/search/stemming.ts';
import type { Call } from '../../../ports/call.ts';
import type { TextTables } from '../migrations/0005-texts.ts';

/** The text search configurations of Postgres (14 and later), by primary language subtag. English has a stemmer of ours, the same. */
const CONFIGS: Readonly<Record<string, string>> = {
  ar: 'arabic',
  hy: 'armenian',
  eu: 'basque',
  ca: 'catalan',
  da: 'danish',
  nl: 'dutch',
  fi: 'finnish',
  fr: 'french',
  de: 'german',
  el: 'greek',
  hi: 'hindi',
  hu: 'hungarian',
  id: 'indonesian',
  ga: 'irish',
  it: 'italian',
  lt: 'lithuanian',
  ne: 'nepali',
  nb: 'norwegian',
  nn: 'norwegian',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sr: 'serbian',
  es: 'spanish',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
  yi: 'yiddish',
};

/** The languages whose words Postgres, or we for it, bring to their stems. */
export const STEMMED_LANGUAGES: readonly string[] = ['en', ...Object.keys(CONFIGS)];

/** The configuration to stem a document with; `null` when a stemmer of ours did it or there is none. */
export function stemmingConfig(language: string): string | null {
  return stemmerOf(language) === undefined ? (CONFIGS[primaryLanguage(language)] ?? null) : null;
}

/** Adds the stems that the words have in the languages of the index: nobody knows which language was typed. */
export async function withServerStems(
  db: Kysely<TextTables>,
  query: QueryWords,
  call: Call,
): Promise<QueryWords> {
  const words = query.required.map((word) => word.text);
  const { rows } = await sql<{ word: string; stems: string[] }>`
    SELECT word, tsvector_to_array(to_tsvector(s.config::regconfig, word)) AS stems
    FROM search_stemmers s, unnest(${words}::text[]) AS word`.execute(db, call);
  if (rows.length === 0) return query;
  const stemsOf = Map.groupBy(rows, (row) => row.word);
  return {
    ...query,
    required: query.required.map((word) =>
      withEntries(word, stemsOf.get(word.text)?.flatMap((row) => row.stems) ?? []),
    ),
  };
}

function withEntries(word: QueryWord, entries: readonly string[]): QueryWord {
  return { ...word, entries: [...new Set([...word.entries, ...entries])] };
}
