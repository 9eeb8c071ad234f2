import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { QueryWords } from '../../../domain/search/query-words.ts';
import type { Call } from '../../../ports/call.ts';
import type { TextQuery } from '../../../ports/text-search.ts';
import type { TextTables } from '../migrations/0005-texts.ts';
import { allFacetCounts, conditions, facetColumns, filterBeforeFacets, wholeFilter } from './conditions.ts';
import { candidates, type Found, matchesEvery, queryRow, scoredRows, sortOrder } from './matching.ts';

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
      ${candidates(query.sort, query.maxHits)} AS candidates,
      ${allFacetCounts(query, 'counted')} AS facets`.execute(db, call);
  const [found] = rows;
  if (found === undefined) throw new Error('a select of scalar subqueries gives one row');
  return found;
}

// Matches with the same facet values are counted together, in one pass for all facets.
function counted(query: TextQuery, words: QueryWords): RawBuilder<unknown> {
  const groups = query.facets.length === 0 ? sql`` : sql`GROUP BY t.category, t.language, t.content_type, t.tags`;
  return sql`SELECT count(*) AS documents ${facetColumns(query)} FROM search_texts t
    WHERE ${matchesEvery(words)} AND ${filterBeforeFacets(query)} ${groups}`;
}

function total(query: TextQuery): RawBuilder<number> {
  const rest = conditions(query.filter, (facet) => query.facets.includes(facet), 'm');
  return sql`(SELECT coalesce(sum(m.documents), 0) FROM counted m WHERE ${rest})`;
}

function chosen(query: TextQuery, words: QueryWords): RawBuilder<unknown> {
  const { sort, maxHits } = query;
  if (sort !== 'relevance') {
    return sql`chosen AS MATERIALIZED (SELECT t.ctid AS place FROM search_texts t
      WHERE ${matchesEvery(words)} AND ${wholeFilter(query)} ORDER BY ${sortOrder(sort)} LIMIT ${maxHits})`;
  }
  const most = Math.max(maxHits, LEAST_CANDIDATES);
  return sql`
    titled AS MATERIALIZED (${titled(query, words, most)}),
    labelled AS MATERIALIZED (${labelled(query, most)}),
    ${popular(query, words, most)},
    chosen AS MATERIALIZED (
      SELECT place FROM titled UNION SELECT place FROM labelled
      UNION SELECT place FROM popular_walked UNION SELECT place FROM popular_sorted)`;
}

function titled(query: TextQuery, words: QueryWords, most: number): RawBuilder<unknown> {
  const { line, articleLines } = words;
  return sql`SELECT t.ctid AS place FROM search_texts t
    WHERE t.title_words @@ (SELECT every FROM query) AND ${wholeFilter(query)}
    ORDER BY t.title_line = ANY(${[line, ...articleLines]}::text[]) DESC, starts_with(t.title_line, ${line}) DESC,
      strpos(t.title_line, ${` ${line}`}) > 0 DESC, t.popularity DESC, t.content_id
    LIMIT ${most}`;
}

function labelled(query: TextQuery, most: number): RawBuilder<unknown> {
  return sql`SELECT t.ctid AS place FROM search_texts t
    WHERE (SELECT count(*) FROM titled) < ${most}
      AND t.label_words @@ (SELECT every FROM query) AND ${wholeFilter(query)}
    ORDER BY t.popularity DESC, t.content_id LIMIT ${most}`;
}

// For a very common word, going down the popularity and testing each document meets enough matches before sorting all of
// them is done: of `d` documents, `m` of which match, about `most * d / m` are met, against `m` to sort. As a function and
// not an operator the test can not be taken to the word index. Before the first ANALYZE the table's size is not known.
function popular(query: TextQuery, words: QueryWords, most: number): RawBuilder<unknown> {
  const wanted = sql`(SELECT count(*) FROM titled) + (SELECT count(*) FROM labelled) < ${most}`;
  const documents = sql`(SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'search_texts'::regclass)`;
  const walks = sql`power(${total(query)}, 2) > ${most} * ${documents}`;
  const test = sql`ts_match_vq(${sql.ref(words.titleOnly ? 't.title_words' : 't.words')}, (SELECT every FROM query))`;
  return sql`popular_walked AS MATERIALIZED (
      SELECT t.ctid AS place FROM search_texts t
      WHERE ${wanted} AND ${walks} AND ${test} AND ${wholeFilter(query)}
      ORDER BY t.popularity_level DESC, t.content_id LIMIT ${most}),
    popular_sorted AS MATERIALIZED (
      SELECT t.ctid AS place FROM search_texts t
      WHERE ${wanted} AND NOT ${walks} AND ${matchesEvery(words)} AND ${wholeFilter(query)}
      ORDER BY t.popularity_level DESC, t.content_id LIMIT ${most})`;
}
