import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { QueryWords } from '../../../domain/search/query-words.ts';
import type { Call } from '../../../ports/call.ts';
import type { TextQuery } from '../../../ports/text-search.ts';
import type { TextTables } from '../migrations/0005-texts.ts';
import { allFacetCounts, facetColumns, filterAfterFacets, filterBeforeFacets } from './conditions.ts';
import type { Found, NearFound } from './matching.ts';
import { hits, matchesAsTyped, queryRow, scoredRows, sortColumn, sortOrder } from './matching.ts';

/** Up to so many matches are all scored. */
const FEW = 2000;

/**
 * Finds what matches as typed and scores all of it, in one statement and so of one moment; `undefined` when there is too
 * much of it.
 */
export async function findFew(
  db: Kysely<TextTables>,
  query: TextQuery,
  words: QueryWords,
  call: Call,
): Promise<Found | undefined> {
  const few = sql`(SELECT count(*) FROM matched) <= ${FEW}`;
  const { rows } = await sql<Found & { few: boolean }>`
    WITH ${queryRow(words, null)},
    matched AS MATERIALIZED (
      SELECT ${sql.join([sql`t.ctid AS place`, sql`1 AS documents`, ...facetColumns(query)])} FROM search_texts t
      WHERE ${matchesAsTyped(words)} AND ${filterBeforeFacets(query)} LIMIT ${FEW + 1}
    ),
    chosen AS MATERIALIZED (SELECT place FROM matched m WHERE ${filterAfterFacets(query)} AND ${few}),
    ${scoredRows(words, sql`true`)}
    SELECT ${few} AS few, (SELECT count(*) FROM chosen)::float8 AS total,
      ${allFacetCounts(query, 'matched')} AS facets,
      ${hits(query.sort, query.maxHits, ['content_id', 'score'])}`.execute(db, call);
  const [found] = rows;
  return found?.few ? found : undefined;
}

/**
 * Finds what matches as typed together with titles that match `near`, a `tsquery` that forgives typos. By relevance, of
 * very many near titles those of about the query's length are taken.
 */
export async function findNear(
  db: Kysely<TextTables>,
  query: TextQuery,
  words: QueryWords,
  near: string,
  call: Call,
): Promise<NearFound> {
  const limit = query.sort === 'relevance' ? Math.max(FEW, query.maxHits) : query.maxHits;
  const { rows } = await sql<NearFound>`
    WITH ${queryRow(words, near)},
    matched AS MATERIALIZED (
      SELECT ${sql.join([sql`t.ctid AS place`, sql`t.content_id`, sql`1 AS documents`, ...nearKeys(query, words), ...facetColumns(query)])}
      FROM search_texts t
      WHERE (${matchesAsTyped(words)} OR t.title_words @@ (SELECT near FROM query)) AND ${filterBeforeFacets(query)}
    ),
    passing AS MATERIALIZED (SELECT * FROM matched m WHERE ${filterAfterFacets(query)}),
    chosen AS MATERIALIZED (SELECT place FROM passing ORDER BY ${nearOrder(query, words)} LIMIT ${limit}),
    ${scoredRows(words, matchesAsTyped(words))}
    SELECT (SELECT count(*) FROM passing)::float8 AS total,
      ${allFacetCounts(query, 'matched')} AS facets,
      ${hits(query.sort, limit, ['content_id', 'score', 'title_line', 'popularity'])}`.execute(db, call);
  const [found] = rows;
  if (found === undefined) throw new Error('a select of scalar subqueries gives one row');
  return found;
}

function nearKeys({ sort }: TextQuery, words: QueryWords): readonly RawBuilder<unknown>[] {
  if (sort !== 'relevance') return [sql.ref(`t.${sortColumn(sort)}`)];
  return [sql`t.popularity`, sql`length(t.title_line) AS length`, sql`${matchesAsTyped(words)} AS exact`];
}

function nearOrder({ sort }: TextQuery, { line }: QueryWords): RawBuilder<unknown> {
  if (sort !== 'relevance') return sortOrder(sort);
  return sql`exact DESC, abs(length - ${line.length}), popularity DESC, content_id`;
}
