import type { QueryWord, QueryWords } from './query-words.ts';
import { wordsToFind } from './typo-ranking.ts';
import { typoDistance } from './typos.ts';

/** Of more corrections of one word the nearest are taken. */
const CORRECTIONS = 50;

/**
 * The words that a title must hold when typos are forgiven, each with the title words near to it among its entries.
 * `candidates` may hold words that are near to none of them.
 */
export function correctedWords(query: QueryWords, candidates: readonly string[]): readonly QueryWord[] {
  return wordsToFind(query).map((word) => ({
    ...word,
    entries: [...new Set([...word.entries, ...correctionsOf(word.text, candidates)])],
  }));
}

function correctionsOf(typed: string, candidates: readonly string[]): readonly string[] {
  return candidates
    .flatMap((word) => {
      const distance = typoDistance(typed, word);
      return distance === undefined ? [] : [{ word, distance }];
    })
    .sort((a, b) => a.distance - b.distance || (a.word < b.word ? -1 : 1))
    .slice(0, CORRECTIONS)
    .map(({ word }) => word);
}
