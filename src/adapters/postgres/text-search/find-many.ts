import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { QueryWords } from '../../../domain/search/query-words.ts';
import type { Call } from '../../../ports/call.ts';
import type { TextQuery } from '../../../ports/text-search.ts';
import type { TextTables } from '../migrations/0005-texts.ts';
import {
  allFacetCounts,
  facetColumns,
  filterAfterFacets,
  filterBeforeFacets,
  wholeFilter,
} from './conditions.ts';
import type { Found, Test } from './matching.ts';
import { byIndex, byRow, hits, matchesAsTyped, queryRow, scoredRows, sortOrder } from './matching.ts';

/** Sorts after every character that a line can hold. */
const LAST_CHARACTER = '\u{10ffff}';

/** What a row takes, to know how many there are: the planner's own count is not there before the first ANALYZE. */
const DOCUMENT_BYTES = 1024;

/** Titles that begin with the query, in the order of the alphabet; popular ones among them are found as popular. */
const BEGUN = 50;

/** Fewer candidates than this would leave too little choice to scoring. */
const LEAST_CANDIDATES = 200;

/**
 * Finds what matches as typed when that is much: counts all of it, but scores only what titles, then tags and categories,
 * then popularity put forward, each list only as far as the ones before leave room for hits.
 */
export async function findMany(
  db: Kysely<TextTables>,
  query: TextQuery,
  words: QueryWords,
  call: Call,
): Promise<Found> {
  const { rows } = await sql<Found>`
    WITH ${queryRow(words, null)},
    counted AS MATERIALIZED (${counted(query, words)}),
    ${chosen(query, words)},
    ${scoredRows(words, sql`true`)}
    SELECT ${total(query)}::float8 AS total,
      ${allFacetCounts(query, 'counted')} AS facets,
      ${hits(query.sort, query.maxHits, ['content_id', 'score'])}`.execute(db, call);
  const [found] = rows;
  if (found === undefined) throw new Error('a select of scalar subqueries gives one row');
  return found;
}

// Matches with the same facet values are counted together, in one pass for all facets.
function counted(query: TextQuery, words: QueryWords): RawBuilder<unknown> {
  const columns = facetColumns(query);
  const groups = columns.length === 0 ? sql`` : sql`GROUP BY ${sql.join(columns)}`;
  return sql`SELECT ${sql.join([sql`count(*) AS documents`, ...columns])} FROM search_texts t
    WHERE ${matchesAsTyped(words)} AND ${filterBeforeFacets(query)} ${groups}`;
}

function total(query: TextQuery): RawBuilder<number> {
  return sql`(SELECT coalesce(sum(m.documents), 0) FROM counted m WHERE ${filterAfterFacets(query)})`;
}

function chosen(query: TextQuery, words: QueryWords): RawBuilder<unknown> {
  const { sort, maxHits } = query;
  if (sort !== 'relevance') {
    return sql`chosen AS MATERIALIZED (SELECT t.ctid AS place FROM search_texts t
      WHERE ${matchesAsTyped(words)} AND ${wholeFilter(query)} ORDER BY ${sortOrder(sort)} LIMIT ${maxHits})`;
  }
  const most = Math.max(maxHits, LEAST_CANDIDATES);
  const begins = sql`begun AS MATERIALIZED (${begun(query, words)})`;
  const lists = [begins, titled(query, words, most), labelled(query, most), popular(query, words, most)];
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

function titled(query: TextQuery, { titleOnly }: QueryWords, most: number): RawBuilder<unknown> {
  const matching: Matching = (test) => test('title_words', 'every');
  const list = { name: 'titled', matching, query, most, room: sql<number>`${most}::bigint` } as const;
  return mostPopular(titleOnly ? { ...list, matches: total(query) } : list);
}

function labelled(query: TextQuery, most: number): RawBuilder<unknown> {
  const matching: Matching = (test) => test('label_words', 'anywhere');
  const room = roomBeside(sql`(SELECT count(*) FROM titled)`, most);
  return mostPopular({ name: 'labelled', matching, query, most, room });
}

function popular(query: TextQuery, words: QueryWords, most: number): RawBuilder<unknown> {
  const matching: Matching = (test) => matchesAsTyped(words, test);
  const taken = sql<number>`((SELECT count(*) FROM titled) + (SELECT count(*) FROM labelled))`;
  const room = words.titleOnly ? sql<number>`0` : roomBeside(taken, most);
  return mostPopular({ name: 'popular', matching, query, most, room, matches: total(query) });
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
  /** How many documents the list chooses from, if that is known. */
  readonly matches?: RawBuilder<number>;
}

// The most popular documents with all words in a column. For very common words, going down the popularity and testing each
// document meets enough of them before sorting all is done: of `d` documents, `m` of which match, about `most * d / m` are
// met, against `m` to sort, so the two ways are even at the square root of `most * d`.
function mostPopular({ name, matching, query, most, room, matches }: PopularList): RawBuilder<unknown> {
  const even = sql`(SELECT ceil(sqrt(${most} * pg_relation_size('search_texts') / ${DOCUMENT_BYTES}))::bigint)`;
  const way = sql.ref(`${name}_way`);
  const isWanted = sql`(SELECT room > 0 FROM ${way})`;
  const counted = sql`(SELECT count(*) FROM (SELECT FROM search_texts t
    WHERE ${room} > 0 AND ${matching(byIndex)} AND ${wholeFilter(query)} LIMIT ${even} + 1) AS first_ones)`;
  const rows = (
    going: RawBuilder<unknown>,
    condition: RawBuilder<boolean>,
    level: RawBuilder<number>,
  ) => sql`(
    SELECT t.ctid AS place FROM search_texts t
    WHERE ${isWanted} AND ${going} AND ${condition} AND ${wholeFilter(query)}
    ORDER BY ${level} DESC, t.content_id LIMIT (SELECT room FROM ${way}))`;
  const walks = sql`(SELECT walks FROM ${way})`;
  // As an expression the level has no index: no planner takes the other way.
  return sql`${way} AS MATERIALIZED (SELECT ${room} AS room, ${matches ?? counted} > ${even} AS walks),
    ${sql.ref(name)} AS MATERIALIZED (
      ${rows(walks, matching(byRow), sql`t.popularity_level`)}
      UNION ALL ${rows(sql`NOT ${walks}`, matching(byIndex), sql`t.popularity_level + 0`)})`;
}
