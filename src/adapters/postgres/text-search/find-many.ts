import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { QueryWords } from '../../../domain/search/query-words.ts';
import type { Call } from '../../../ports/call.ts';
import type { TextQuery } from '../../../ports/text-search.ts';
import type { TextTables } from '../migrations/0005-texts.ts';
import { chosenRows } from './candidate-lists.ts';
import { allFacetCounts, facetColumns, filterAfterFacets, filterBeforeFacets } from './conditions.ts';
import type { Found } from './matching.ts';
import { hits, matchesAsTyped, queryRow, scoredRows } from './matching.ts';

type Db = Kysely<TextTables>;
type Counted = Pick<Found, 'total' | 'facets'>;
type Ranked = Pick<Found, 'content_id' | 'score'>;

/**
 * Finds what matches as typed when that is much: counts all of it, but scores only the most promising. The two take about
 * as long and run side by side, so under writes they may be of two moments a few milliseconds apart.
 *
 * `matches` says about how many documents match, if that is known.
 */
export async function findMany(
  db: Db,
  query: TextQuery,
  words: QueryWords,
  matches: number | undefined,
  call: Call,
): Promise<Found> {
  const [counted, ranked] = await Promise.all([
    count(db, query, words, call),
    rank(db, query, words, matches, call),
  ]);
  return { ...counted, ...ranked };
}

// Matches with the same facet values are counted together, in one pass for all facets.
async function count(db: Db, query: TextQuery, words: QueryWords, call: Call): Promise<Counted> {
  const columns = facetColumns(query);
  const groups = columns.length === 0 ? sql`` : sql`GROUP BY ${sql.join(columns)}`;
  const { rows } = await sql<Counted>`
    WITH ${queryRow(words, null)},
    counted AS MATERIALIZED (
      SELECT ${sql.join([sql`count(*) AS documents`, ...columns])} FROM search_texts t
      WHERE ${matchesAsTyped(words)} AND ${filterBeforeFacets(query)} ${groups}
    )
    SELECT (SELECT coalesce(sum(m.documents), 0)::float8 FROM counted m WHERE ${filterAfterFacets(query)}) AS total,
      ${allFacetCounts(query, 'counted')} AS facets`.execute(db, call);
  return onlyRow(rows);
}

async function rank(
  db: Db,
  query: TextQuery,
  words: QueryWords,
  matches: number | undefined,
  call: Call,
): Promise<Ranked> {
  const { rows } = await sql<Ranked>`
    WITH ${queryRow(words, null)},
    ${chosenRows(query, words, matches)},
    ${scoredRows(words, sql`true`)}
    SELECT ${hits(query.sort, query.maxHits, ['content_id', 'score'])}`.execute(db, call);
  return onlyRow(rows);
}

function onlyRow<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a select of scalar subqueries gives one row');
  return row;
}
