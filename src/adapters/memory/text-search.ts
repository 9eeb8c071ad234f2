import { highlight } from '../../domain/search/highlight.ts';
import type { QueryWords } from '../../domain/search/query-words.ts';
import { queryWords } from '../../domain/search/query-words.ts';
import { compareIds } from '../../domain/search/rank-hits.ts';
import { FEW_MATCHES } from '../../domain/search/typo-ranking.ts';
import { compareText } from '../../domain/text.ts';
import type {
  Highlights,
  TextHit,
  TextQuery,
  TextResult,
  TextSearch,
  TextSort,
} from '../../ports/text-search.ts';
import { countFacets, passes } from './text-search/facets.ts';
import type { Scores } from './text-search/matching.ts';
import { matchAsTyped, matchNear } from './text-search/matching.ts';
import type { StoredText, TextStore } from './text-search/store.ts';
import { createTextStore } from './text-search/store.ts';
import { suggest } from './text-search/suggest.ts';

/** The languages whose words are brought to their stems. */
export const STEMMED_LANGUAGES: readonly string[] = ['en'];

/** Full text in an inverted index of this process: gone with it, and only for it. Scores are those of every adapter. */
export function createMemoryTextSearch(): TextSearch {
  const store = createTextStore();
  return {
    async index(documents, { signal }) {
      signal.throwIfAborted();
      for (const document of documents) store.put(document);
    },
    async remove(removals, { signal }) {
      signal.throwIfAborted();
      for (const removal of removals) store.remove(removal);
    },
    async search(query, { signal }) {
      signal.throwIfAborted();
      return search(store, query);
    },
    async highlight(text, contentIds, { signal }) {
      signal.throwIfAborted();
      return highlights(store, queryWords(text), contentIds);
    },
    async suggest(text, limit, { signal }) {
      signal.throwIfAborted();
      return suggest(store, text, limit);
    },
  };
}

interface Match {
  readonly text: StoredText;
  readonly score: number;
}

function search(store: TextStore, query: TextQuery): TextResult {
  const matches = matchesOf(store, query);
  const passing = matches.filter(({ text }) => passes(text.document, query.filter));
  const order = compareBy(query.sort);
  const hits = passing.sort(order).slice(0, query.maxHits);
  return {
    hits: hits.map(toHit),
    total: passing.length,
    facets: countFacets(
      matches.map(({ text }) => text.document),
      query.filter,
      query.facets,
    ),
  };
}

function matchesOf(store: TextStore, query: TextQuery): readonly Match[] {
  const words = queryWords(query.text);
  if (words.required.length === 0) return [];
  const textAt = (slot: number) => store.at(slot);
  const asTyped = matchAsTyped(store.words(), textAt, words);
  const matches = toMatches(store, asTyped);
  const few = matches.filter(({ text }) => passes(text.document, query.filter)).length < FEW_MATCHES;
  if (!few) return matches;
  const near = matchNear(store.words(), textAt, words);
  return [...matches, ...toMatches(store, new Map([...near].filter(([slot]) => !asTyped.has(slot))))];
}

function toMatches(store: TextStore, scores: Scores): Match[] {
  const matches: Match[] = [];
  for (const [slot, score] of scores) {
    const text = store.at(slot);
    if (text !== undefined) matches.push({ text, score });
  }
  return matches;
}

function toHit({ text, score }: Match): TextHit {
  return { contentId: text.document.contentId, score };
}

function compareBy(sort: TextSort): (a: Match, b: Match) => number {
  const byId = (a: Match, b: Match) => compareIds(a.text.document.contentId, b.text.document.contentId);
  switch (sort) {
    case 'relevance':
      return (a, b) => b.score - a.score || byId(a, b);
    case '-popularityScore':
      return (a, b) => b.text.document.popularityScore - a.text.document.popularityScore || byId(a, b);
    case '-releaseDate':
      return (a, b) => compareText(releaseOf(b), releaseOf(a)) || byId(a, b);
    case 'title':
      return (a, b) => compareText(a.text.document.title, b.text.document.title) || byId(a, b);
  }
}

// Documents without a date come last: the empty text is before every date.
function releaseOf({ text }: Match): string {
  return text.document.releaseDate ?? '';
}

function highlights(
  store: TextStore,
  query: QueryWords,
  contentIds: readonly string[],
): ReadonlyMap<string, Highlights> {
  const found = new Map<string, Highlights>();
  if (query.required.length === 0) return found;
  for (const contentId of contentIds) {
    const text = store.get(contentId);
    const marked = text === undefined ? undefined : highlight(text.document, query);
    if (marked !== undefined) found.set(contentId, marked);
  }
  return found;
}
