import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { QueryWord, QueryWords } from '../../../domain/search/query-words.ts';
import type { FacetCount, TextSort } from '../../../ports/text-search.ts';
import { relevance } from './relevance-sql.ts';
import { begunWord, everyWord, everyWordAnywhere } from './tsquery.ts';

/** What a search finds; the columns of its hits are arrays of one length, which takes half the time of an object a hit. */
export interface Found {
  readonly total: number;
  /** In the order of the sort. */
  readonly content_id: readonly string[];
  readonly score: readonly number[];
  /** Those of the facets asked for, in their order. */
  readonly facets: readonly (readonly FacetCount[])[];
}

/** What a search that forgives typos finds. */
export interface NearFound extends Omit<Found, 'score'> {
  /** `null`: it matches only when typos are forgiven, and is still to be scored by its title; last by relevance. */
  readonly score: readonly (number | null)[];
  readonly title_line: readonly string[];
  readonly popularity: readonly number[];
}

/**
 * The queries of a search as the one row of `query`. They reach the index through a subquery, because the planner knows how
 * common a literal word is and would read every row for a common one, which takes longer.
 */
export function queryRow(words: QueryWords, near: string | null): RawBuilder<unknown> {
  const { required } = words;
  const short = shortWord(words);
  const begun = short === undefined ? null : begunWord(short);
  const finished = everyWord(required.filter((word) => word !== short));
  return sql`query AS MATERIALIZED (
    SELECT ${everyWord(required)}::tsquery AS every, ${everyWordAnywhere(required)}::tsquery AS anywhere,
      ${finished}::tsquery AS finished, ${begun}::tsquery AS begun, ${near}::tsquery AS near)`;
}

function shortWord({ required }: QueryWords): QueryWord | undefined {
  return required.find((word) => word.beginnings.length > 0 && word.beginsIn === 'title');
}

type QueryName = 'every' | 'anywhere' | 'finished' | 'begun' | 'near';
type Column = 'title_words' | 'label_words' | 'words';
/** Whether a column of a row `t` matches a query. */
export type Test = (column: Column, query: QueryName) => RawBuilder<boolean>;

/** Finds matches in the word index. */
export const byIndex: Test = (column, query) =>
  sql`${sql.ref(`t.${column}`)} @@ (SELECT ${sql.ref(query)} FROM query)`;

/** Tests a row that was found in another way: as a function and not as an operator it can not be taken to the word index. */
export const byRow: Test = (column, query) =>
  sql`ts_match_vq(${sql.ref(`t.${column}`)}, (SELECT ${sql.ref(query)} FROM query))`;

/** Rows `t` that match as typed. */
export function matchesAsTyped(words: QueryWords, test: Test = byIndex): RawBuilder<boolean> {
  if (words.titleOnly) return test('title_words', 'every');
  if (shortWord(words) === undefined) return test('words', 'every');
  const begun = test('title_words', 'begun');
  if (words.required.length === 1) return sql`(${test('words', 'anywhere')} OR ${begun})`;
  return sql`(${test('words', 'anywhere')} OR (${test('words', 'finished')} AND ${begun}))`;
}

export type StoredSort = Exclude<TextSort, 'relevance'>;

const COLUMNS = { '-popularityScore': 'popularity', '-releaseDate': 'release_date', title: 'title' } as const;

/** The column of `search_texts` that a sort orders by. */
export function sortColumn(sort: StoredSort): string {
  return COLUMNS[sort];
}

/** A sort as an `ORDER BY` list, ties by id. */
export function sortOrder(sort: TextSort): RawBuilder<unknown> {
  if (sort === 'relevance') return sql`score DESC NULLS LAST, content_id`;
  const column = sql.ref(COLUMNS[sort]);
  return sort === 'title' ? sql`${column}, content_id` : sql`${column} DESC NULLS LAST, content_id`;
}

/**
 * The rows at the places in `chosen` with their scores; those for which `isExact` does not hold have none. As an array the
 * places are always fetched one by one; joined, they might be looked for in a scan of the whole table.
 */
export function scoredRows(words: QueryWords, isExact: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`scored AS (
    SELECT t.content_id, t.title_line, t.popularity, t.title, t.release_date,
      CASE WHEN ${isExact} THEN ${relevance(words)} END AS score
    FROM search_texts t WHERE t.ctid = ANY(ARRAY(SELECT place FROM chosen)))`;
}

/** The first of `scored`, a JSON array for each column. */
export function hits(
  sort: TextSort,
  limit: number,
  columns: readonly (keyof NearFound)[],
): RawBuilder<unknown> {
  const arrays = columns.map(
    (column) => sql`coalesce(json_agg(${sql.ref(column)}), '[]') AS ${sql.ref(column)}`,
  );
  const from = sql`(SELECT * FROM scored ORDER BY ${sortOrder(sort)} LIMIT ${limit}) AS hits`;
  return sql`hits.* FROM (SELECT ${sql.join(arrays)} FROM ${from}) AS hits`;
}
