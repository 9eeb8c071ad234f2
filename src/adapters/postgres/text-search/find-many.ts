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
import type { Found } from './matching.ts';
import { hits, matchesEvery, queryRow, scoredRows, sortOrder } from './matching.ts';

/** Sorts after every character that a line can hold. */
const LAST_CHARACTER = '\u{10ffff}';

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
    WHERE ${matchesEvery(words)} AND ${filterBeforeFacets(query)} ${groups}`;
}

function total(query: TextQuery): RawBuilder<number> {
  return sql`(SELECT coalesce(sum(m.documents), 0) FROM counted m WHERE ${filterAfterFacets(query)})`;
}

function chosen(query: TextQuery, words: QueryWords): RawBuilder<unknown> {
  const { sort, maxHits } = query;
  if (sort !== 'relevance') {
    return sql`chosen AS MATERIALIZED (SELECT t.ctid AS place FROM search_texts t
      WHERE ${matchesEvery(words)} AND ${wholeFilter(query)} ORDER BY ${sortOrder(sort)} LIMIT ${maxHits})`;
  }
  const most = Math.max(maxHits, LEAST_CANDIDATES);
  const begins = sql`begun AS MATERIALIZED (${begun(query, words)})`;
  const lists = [begins, titled(query, words, most), labelled(query, most), popular(query, words, most)];
  return sql`${sql.join(lists)}, chosen AS MATERIALIZED (
    SELECT place FROM begun UNION SELECT place FROM titled
    UNION SELECT place FROM labelled UNION SELECT place FROM popular)`;
}

// Whole titles are the first of those that begin with the query. See `mostPopular` for the function in place of `@@`.
function begun(query: TextQuery, { line, articleLines }: QueryWords): RawBuilder<unknown> {
  const rows = (condition: RawBuilder<boolean>) => sql`(SELECT t.ctid AS place FROM search_texts t
    WHERE ${condition} AND ts_match_vq(t.words, (SELECT every FROM query)) AND ${wholeFilter(query)}
    ORDER BY t.title_line LIMIT ${LEAST_CANDIDATES})`;
  return sql`${rows(sql`t.title_line >= ${line} AND t.title_line < ${line + LAST_CHARACTER}`)}
    UNION ${rows(sql`t.title_line = ANY(${articleLines}::text[])`)}`;
}

function titled(query: TextQuery, { titleOnly }: QueryWords, most: number): RawBuilder<unknown> {
  const list = { name: 'titled', column: 't.title_words', query, most, wanted: sql<boolean>`true` } as const;
  return mostPopular(titleOnly ? { ...list, matches: total(query) } : list);
}

function labelled(query: TextQuery, most: number): RawBuilder<unknown> {
  const wanted = sql<boolean>`(SELECT count(*) FROM titled) < ${most}`;
  return mostPopular({ name: 'labelled', column: 't.label_words', query, most, wanted });
}

function popular(query: TextQuery, { titleOnly }: QueryWords, most: number): RawBuilder<unknown> {
  const wanted = titleOnly
    ? sql<boolean>`false`
    : sql<boolean>`(SELECT count(*) FROM titled) + (SELECT count(*) FROM labelled) < ${most}`;
  return mostPopular({ name: 'popular', column: 't.words', query, most, wanted, matches: total(query) });
}

interface PopularList {
  readonly name: string;
  readonly column: 't.title_words' | 't.label_words' | 't.words';
  readonly query: TextQuery;
  readonly most: number;
  /** Whether the list is needed at all. */
  readonly wanted: RawBuilder<boolean>;
  /** How many documents the list chooses from, if that is known. */
  readonly matches?: RawBuilder<number>;
}

// The most popular documents with all words in a column. For very common words, going down the popularity and testing each
// document meets enough of them before sorting all is done: of `d` documents, `m` of which match, about `most * d / m` are
// met, against `m` to sort, so the two ways are even at the square root of `most * d`. Called as a function and not as an
// operator, the test can not be taken to the word index. Before a first ANALYZE the size of the table is not known.
function mostPopular({ name, column, query, most, wanted, matches }: PopularList): RawBuilder<unknown> {
  const found = sql<boolean>`${sql.ref(column)} @@ (SELECT every FROM query)`;
  const tested = sql<boolean>`ts_match_vq(${sql.ref(column)}, (SELECT every FROM query))`;
  const even = sql`(SELECT ceil(sqrt(${most} * greatest(reltuples, 1)))::bigint
    FROM pg_class WHERE oid = 'search_texts'::regclass)`;
  const counted = sql`(SELECT count(*) FROM (
    SELECT FROM search_texts t WHERE ${wanted} AND ${found} LIMIT ${even} + 1) AS first_ones)`;
  const isMany = sql.ref(`${name}_many`);
  const rows = (way: RawBuilder<boolean>, condition: RawBuilder<boolean>) => sql`(
    SELECT t.ctid AS place FROM search_texts t
    WHERE ${wanted} AND ${way} AND ${condition} AND ${wholeFilter(query)}
    ORDER BY t.popularity_level DESC, t.content_id LIMIT ${most})`;
  return sql`${isMany} AS MATERIALIZED (SELECT ${matches ?? counted} > ${even} AS yes),
    ${sql.ref(name)} AS MATERIALIZED (
      ${rows(sql`(SELECT yes FROM ${isMany})`, tested)} UNION ALL ${rows(sql`NOT (SELECT yes FROM ${isMany})`, found)})`;
}
