import { queryWords } from '../../../domain/search/query-words.ts';
import { compareIds } from '../../../domain/search/rank-hits.ts';
import type { Suggestion } from '../../../ports/text-search.ts';
import type { StoredText, TextStore } from './store.ts';

export function suggest(store: TextStore, text: string, limit: number): readonly Suggestion[] {
  const { line } = queryWords(text);
  if (line === '') return [];
  const starting = new Map<string, StoredText>();
  const later = new Map<string, StoredText>();
  for (const stored of store.all()) {
    if (stored.titleLine.startsWith(line)) keepMostPopular(starting, stored);
    else if (stored.titleLine.includes(` ${line}`)) keepMostPopular(later, stored);
  }
  return [...byPopularity(starting), ...byPopularity(later)]
    .slice(0, limit)
    .map(({ document }) => ({ contentId: document.contentId, title: document.title }));
}

// Of documents with the same title the most popular stands for all.
function keepMostPopular(byLine: Map<string, StoredText>, stored: StoredText): void {
  const kept = byLine.get(stored.titleLine);
  if (kept === undefined || comparePopularity(stored, kept) < 0) byLine.set(stored.titleLine, stored);
}

function byPopularity(byLine: ReadonlyMap<string, StoredText>): readonly StoredText[] {
  return [...byLine.values()].sort(comparePopularity);
}

function comparePopularity(a: StoredText, b: StoredText): number {
  const byScore = b.document.popularityScore - a.document.popularityScore;
  return byScore || compareIds(a.document.contentId, b.document.contentId);
}
