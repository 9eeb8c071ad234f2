import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Shown } from '../../domain/search/highlight.ts';
import { highlight } from '../../domain/search/highlight.ts';
import type { QueryWords } from '../../domain/search/query-words.ts';
import { queryWords } from '../../domain/search/query-words.ts';
import { compareHits } from '../../domain/search/rank-hits.ts';
import { createTypoScorer, FEW_MATCHES } from '../../domain/search/typo-ranking.ts';
import type { Call } from '../../ports/call.ts';
import type { Highlights, TextQuery, TextResult, TextSearch } from '../../ports/text-search.ts';
import type { TextTables } from './migrations/0005-texts.ts';
import { withStoreErrors } from './store-errors.ts';
import { findFew, findNear } from './text-search/find-few.ts';
import { findMany } from './text-search/find-many.ts';
import { indexDocuments, removeDocuments } from './text-search/index-documents.ts';
import type { Found, NearFound } from './text-search/matching.ts';
import type { RecentTotals } from './text-search/recent-totals.ts';
import { createRecentTotals } from './text-search/recent-totals.ts';
import { withServerStems } from './text-search/stemmers.ts';
import { suggest } from './text-search/suggest.ts';
import { nearTitles } from './text-search/typos.ts';

type Db = Kysely<TextTables>;

const BROAD_KEPT = 1000;

/**
 * Full text in the table `search_texts`, with no extension of Postgres. Words and their typo keys are made here, the same
 * as in every adapter; Postgres finds, counts and scores, and stems the languages that we have no stemmer for.
 */
export function createPostgresTextSearch({ db }: { readonly db: Db }): TextSearch {
  const engine = { db, broad: createRecentTotals(BROAD_KEPT) };
  return {
    index: (documents, call) => withStoreErrors(() => indexDocuments(db, documents, call)),
    remove: (removals, call) => withStoreErrors(() => removeDocuments(db, removals, call)),
    search: (query, call) => withStoreErrors(() => search(engine, query, call)),
    highlight: (text, contentIds, call) => withStoreErrors(() => highlights(db, text, contentIds, call)),
    suggest: (text, limit, call) => withStoreErrors(() => suggest(db, text, limit, call)),
  };
}

/** `broad`: queries that lately matched too much to score all of it. A hint of which way to take, wrong at no cost but time. */
interface Engine {
  readonly db: Db;
  readonly broad: RecentTotals;
}

async function search(engine: Engine, query: TextQuery, call: Call): Promise<TextResult> {
  const { db } = engine;
  const typed = queryWords(query.text);
  if (typed.required.length === 0) return noResult(query);
  const words = await withServerStems(db, typed, call);
  const found = await findAsTyped(engine, query, words, call);
  if (found.total >= FEW_MATCHES) return toResult(query, found);
  const near = await nearTitles(db, words, call);
  return toNearResult(query, words, await findNear(db, query, words, near, call));
}

async function findAsTyped(engine: Engine, query: TextQuery, words: QueryWords, call: Call): Promise<Found> {
  const { db, broad } = engine;
  const key = JSON.stringify([words.line, query.filter]);
  const matches = broad.get(key);
  if (matches === undefined && !isShort(words)) {
    const few = await findFew(db, query, words, call);
    if (few !== undefined) return few;
  }
  const many = await findMany(db, query, words, matches, call);
  broad.learn(key, many.total);
  return many;
}

// So few letters begin so many words that looking whether they are few is time lost.
function isShort({ required }: QueryWords): boolean {
  return required.every((word) => word.beginnings.length > 0 && word.text.length <= 3);
}

function noResult({ facets }: TextQuery): TextResult {
  return { hits: [], total: 0, facets: Object.fromEntries(facets.map((facet) => [facet, []])) };
}

function toResult(query: TextQuery, found: Found): TextResult {
  const hits = found.content_id.map((contentId, index) => ({ contentId, score: found.score[index] ?? 0 }));
  return { hits, total: found.total, facets: toFacets(query, found) };
}

function toNearResult(query: TextQuery, words: QueryWords, found: NearFound): TextResult {
  const typoScore = createTypoScorer(words);
  const hits = found.content_id.map((contentId, index) => ({
    contentId,
    score: found.score[index] ?? typoScore(found.title_line[index] ?? '', found.popularity[index] ?? 0),
  }));
  if (query.sort === 'relevance') hits.sort(compareHits);
  return { hits: hits.slice(0, query.maxHits), total: found.total, facets: toFacets(query, found) };
}

function toFacets({ facets }: TextQuery, found: Pick<Found, 'facets'>): TextResult['facets'] {
  return Object.fromEntries(facets.map((facet, index) => [facet, found.facets[index] ?? []]));
}

async function highlights(
  db: Db,
  text: string,
  contentIds: readonly string[],
  call: Call,
): Promise<ReadonlyMap<string, Highlights>> {
  const typed = queryWords(text);
  if (typed.required.length === 0 || contentIds.length === 0) return new Map();
  const words = await withServerStems(db, typed, call);
  const { rows } = await sql<Shown & { contentId: string }>`
    SELECT content_id AS "contentId", title, description, language FROM search_texts
    WHERE content_id = ANY(${contentIds}::text[]) AND title IS NOT NULL`.execute(db, call);
  return new Map(
    rows.flatMap((row) => {
      const found = highlight(row, words);
      return found === undefined ? [] : [[row.contentId, found] as const];
    }),
  );
}
