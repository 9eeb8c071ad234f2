import type { QueryWord, QueryWords } from './query-words.ts';
import { coverageBonus, popularityBonus, TITLE_BONUSES } from './relevance.ts';
import { typoDistance } from './typos.ts';

/** Shorter words forgive no typo, and are more often one themselves ("teh") than what the title is known by. */
const SHORTEST_TELLING = 4;
const TYPO_PENALTY = 0.3;
const TYPOS_OF_STRANGER = 3;

/** The words of a query that a title must hold, give or take a typo or two: the longer ones, or all when none is longer. */
export function wordsToFind(query: QueryWords): readonly QueryWord[] {
  const telling = query.required.filter((word) => word.text.length >= SHORTEST_TELLING - 1);
  const long = telling.filter((word) => word.text.length >= SHORTEST_TELLING);
  if (long.length > 0) return long;
  return telling.length > 0 ? telling : query.required;
}

/**
 * How well a title fits a query when typos are forgiven, below every score of a match as typed: words in the title's order
 * and nothing else in it come first, fewer typos before more, popularity breaks near-ties.
 */
export function typoScore(query: QueryWords, titleLine: string, popularity: number): number {
  const typed = query.line.split(' ');
  const title = titleLine.split(' ');
  const typos = bestAlignment(typed, title);
  const placed = placeBonus(typed.length, title.length, typos);
  const found = typos.perWord.filter((count) => count < TYPOS_OF_STRANGER).length / typed.length;
  const cost = TYPO_PENALTY * Math.min(4, sum(typos.perWord));
  return Math.max(0, 2 + placed + found + coverageBonus(typed.length, titleLine) + popularityBonus(popularity) - cost);
}

interface Alignment {
  /** Where in the title the query begins; `undefined` when its words do not stand together in order. */
  readonly at: number | undefined;
  readonly perWord: readonly number[];
}

function bestAlignment(typed: readonly string[], title: readonly string[]): Alignment {
  const distances = typed.map((word) => title.map((other) => typosBetween(word, other)));
  for (let at = 0; at + typed.length <= title.length; at += 1) {
    const perWord = distances.map((row, index) => row[at + index] ?? TYPOS_OF_STRANGER);
    if (perWord.every((count) => count < TYPOS_OF_STRANGER)) return { at, perWord };
  }
  return { at: undefined, perWord: distances.map((row) => Math.min(TYPOS_OF_STRANGER, ...row)) };
}

function typosBetween(typed: string, word: string): number {
  return typoDistance(typed, word) ?? (word.startsWith(typed) ? 1 : TYPOS_OF_STRANGER);
}

function placeBonus(typedCount: number, titleCount: number, { at }: Alignment): number {
  if (at === undefined) return 0;
  if (typedCount === titleCount) return TITLE_BONUSES.whole;
  return at === 0 ? TITLE_BONUSES.start : TITLE_BONUSES.phrase;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
