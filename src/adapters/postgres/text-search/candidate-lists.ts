import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { QueryWords } from '../../../domain/search/query-words.ts';
import type { TextQuery } from '../../../ports/text-search.ts';
import { wholeFilter } from './conditions.ts';
import type { Test } from './matching.ts';
import { byIndex, byRow, matchesAsTyped, sortOrder } from './matching.ts';

/** Sorts after every character that a line can hold. */
const LAST_CHARACTER = '\u{10ffff}';

/** What a row takes, to know how many there are: the planner's own count is not there before the first ANALYZE. */
const DOCUMENT_BYTES = 1024;

/** Titles that begin with the query, in the order of the alphabet; popular ones among them are found as popular. */
const BEGUN = 50;

/** Fewer candidates than this would leave too little choice to scoring. */
const LEAST_CANDIDATES = 200;

/**
 * `chosen`: the places of the rows worth scoring, as CTEs. For relevance those that titles, then tags and categories, then
 * popularity put forward, each list only as far as the ones before leave room for hits.
 *
 * `matches` says about how many documents match, if that is known.
 */
export function chosenRows(
  query: TextQuery,
  words: QueryWords,
  matches: number | undefined,
): RawBuilder<unknown> {
  const { sort, maxHits } = query;
  if (sort !== 'relevance') {
    return sql`chosen AS MATERIALIZED (SELECT t.ctid AS place FROM search_texts t
      WHERE ${matchesAsTyped(words)} AND ${wholeFilter(query)} ORDER BY ${sortOrder(sort)} LIMIT ${maxHits})`;
  }
  const most = Math.max(maxHits, LEAST_CANDIDATES);
  const begins = sql`begun AS MATERIALIZED (${begun(query, words)})`;
  const lists = [
    begins,
    titled(query, words, most, matches),
    labelled(query, most),
    popular(query, words, most, matches),
  ];
  return sql`${sql.join(lists)}, chosen AS MATERIALIZED (
    SELECT place FROM begun UNION SELECT place FROM titled
    UNION SELECT place FROM labelled UNION SELECT place FROM popular)`;
}

// Whole titles are the first of those that begin with the query.
function begun(query: TextQuery, words: QueryWords): RawBuilder<unknown> {
  const { line, articleLines } = words;
  const rows = (condition: RawBuilder<boolean>) => sql`(SELECT t.ctid AS place FROM search_texts t
    WHERE ${condition} AND ${matchesAsTyped(words, byRow)} AND ${wholeFilter(query)}
    ORDER BY t.title_line LIMIT ${BEGUN})`;
  return sql`${rows(sql`t.title_line >= ${line} AND t.title_line < ${line + LAST_CHARACTER}`)}
    UNION ${rows(sql`t.title_line = ANY(${articleLines}::text[])`)}`;
}

function titled(
  query: TextQuery,
  { titleOnly }: QueryWords,
  most: number,
  matches: number | undefined,
): RawBuilder<unknown> {
  const matching: Matching = (test) => test('title_words', 'every');
  const list = { name: 'titled', matching, query, most, room: sql<number>`${most}::bigint` } as const;
  return mostPopular({ ...list, matches: titleOnly ? matches : undefined });
}

function labelled(query: TextQuery, most: number): RawBuilder<unknown> {
  const matching: Matching = (test) => test('label_words', 'anywhere');
  const room = roomBeside(sql`(SELECT count(*) FROM titled)`, most);
  return mostPopular({ name: 'labelled', matching, query, most, room, matches: undefined });
}

// What only begins so, in a title, is left to the titles: an OR would be looked for in every row.
function popular(
  query: TextQuery,
  { titleOnly }: QueryWords,
  most: number,
  matches: number | undefined,
): RawBuilder<unknown> {
  const matching: Matching = (test) => test('words', 'anywhere');
  const taken = sql<number>`((SELECT count(*) FROM titled) + (SELECT count(*) FROM labelled))`;
  const room = titleOnly ? sql<number>`0` : roomBeside(taken, most);
  return mostPopular({ name: 'popular', matching, query, most, room, matches });
}

function roomBeside(taken: RawBuilder<number>, most: number): RawBuilder<number> {
  return sql`CASE WHEN ${taken} < ${most} THEN greatest(${most} - ${taken}, ${LEAST_CANDIDATES}) ELSE 0 END`;
}

type Matching = (test: Test) => RawBuilder<boolean>;

interface PopularList {
  readonly name: string;
  readonly matching: Matching;
  readonly query: TextQuery;
  readonly most: number;
  /** The length of the list, of which 0 costs nothing. */
  readonly room: RawBuilder<number>;
  /** About how many documents the list chooses from, if that is known. */
  readonly matches: number | undefined;
}

// The most popular documents that match. For very common words, going down the popularity and testing each document meets
// enough of them before sorting all is done: of `d` documents, `m` of which match, about `most * d / m` are met, against `m`
// to sort, so the two ways are even at the square root of `most * d`. That many matches and one are read to learn which way
// to take, and are the ones to sort when it is that way.
function mostPopular({ name, matching, query, most, room, matches }: PopularList): RawBuilder<unknown> {
  const [way, some, list] = [sql.ref(`${name}_way`), sql.ref(`${name}_some`), sql.ref(name)];
  const even = sql`(SELECT ceil(sqrt(${most} * pg_relation_size('search_texts') / ${DOCUMENT_BYTES}))::bigint)`;
  const known = matches === undefined ? sql`false` : sql`${matches}::bigint > ${even}`;
  const isMany = sql`(SELECT many FROM ${way})`;
  const length = sql`(SELECT room FROM ${way})`;
  return sql`${some} AS MATERIALIZED (
      SELECT t.ctid AS place, t.popularity_level, t.content_id FROM search_texts t
      WHERE ${room} > 0 AND NOT ${known} AND ${matching(byIndex)} AND ${wholeFilter(query)} LIMIT ${even} + 1),
    ${way} AS MATERIALIZED (
      SELECT ${room} AS room, ${known} OR (SELECT count(*) FROM ${some}) > ${even} AS many),
    ${list} AS MATERIALIZED (
      (SELECT t.ctid AS place FROM search_texts t
      WHERE ${length} > 0 AND ${isMany} AND ${matching(byRow)} AND ${wholeFilter(query)}
      ORDER BY t.popularity_level DESC, t.content_id LIMIT ${length})
      UNION ALL
      (SELECT place FROM ${some} WHERE NOT ${isMany} ORDER BY popularity_level DESC, content_id LIMIT ${length}))`;
}
