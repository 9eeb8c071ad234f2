import type { TextHit } from '../../ports/text-search.ts';
import { compareText } from '../text.ts';

/** Orders hits by relevance, ties by id. */
export function compareHits(a: TextHit, b: TextHit): number {
  return b.score - a.score || compareText(a.contentId, b.contentId);
}
