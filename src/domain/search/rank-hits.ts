import type { TextHit } from '../../ports/text-search.ts';

/** Orders hits by relevance, ties by id. */
export function compareHits(a: TextHit, b: TextHit): number {
  return b.score - a.score || compareIds(a.contentId, b.contentId);
}

/** Orders two ids as the stores do. They are ASCII, for which code units, code points and bytes are in the same order. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
