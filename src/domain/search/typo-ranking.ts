import { editDistance } from './edit-distance.ts';
import type { QueryWord, QueryWords } from './query-words.ts';
import { coverageBonus, popularityBonus, TITLE_BONUSES } from './relevance.ts';
import { typoDistance } from './typos.ts';

/** With fewer documents that match as typed, titles within a typo or two are looked for as well. */
export const FEW_MATCHES = 10;

/** Shorter words forgive no typo, and are more often one themselves ("teh") than what a title is known by. */
const SHORTEST_TELLING = 4;
const TYPO_PENALTY = 0.3;
/** Stands for "not the same word at all": past the typos that any word forgives. */
const STRANGER = 3;

/** The words of a query that a title must hold, give or take a typo or two: the longer ones, or all when none is longer. */
export function wordsToFind(query: QueryWords): readonly QueryWord[] {
  const telling = query.required.filter((word) => word.text.length >= SHORTEST_TELLING);
  return telling.length > 0 ? telling : query.required;
}

/** Scores the titles of one query. */
export type TypoScorer = (titleLine: string, popularity: number) => number;

/**
 * How well a title fits a query when typos are forgiven, below every score of a match as typed: titles that are the query
 * word for word come first, then those that hold it together; fewer typos before more; popularity breaks near-ties.
 */
export function createTypoScorer(query: QueryWords): TypoScorer {
  const typed = query.line.split(' ');
  const distance = createDistance();
  return (titleLine, popularity) => {
    const title = titleLine.split(' ');
    const rows = typed.map((word) => title.map((other) => distance(word, other)));
    const at = placeOf(rows, title.length);
    const typos = rows.map((row, index) =>
      at === undefined ? Math.min(...row) : (row[at + index] ?? STRANGER),
    );
    const found = typos.filter((count) => count < STRANGER).length / typed.length;
    const cost = TYPO_PENALTY * Math.min(typos.length, sum(typos));
    const place = placeBonus(typed.length, title.length, at);
    return 2 + place + found + coverageBonus(query.line, titleLine) + popularityBonus(popularity) - cost;
  };
}

// Titles of one answer share most of their words.
function createDistance(): (typed: string, word: string) => number {
  const known = new Map<string, number>();
  return (typed, word) => {
    const key = `${typed} ${word}`;
    const distance = known.get(key) ?? distanceOf(typed, word);
    known.set(key, distance);
    return distance;
  };
}

// More is forgiven here than in looking for titles: the other words have found this one.
function distanceOf(typed: string, word: string): number {
  const distance = typoDistance(typed, word);
  if (distance !== undefined) return distance;
  return word.startsWith(typed) || editDistance(typed, word, 1) <= 1 ? 1 : STRANGER;
}

// Where the query's words stand together and in order in the title, if they do.
function placeOf(rows: readonly (readonly number[])[], titleLength: number): number | undefined {
  for (let at = 0; at + rows.length <= titleLength; at += 1) {
    if (rows.every((row, index) => (row[at + index] ?? STRANGER) < STRANGER)) return at;
  }
  return undefined;
}

function placeBonus(typedCount: number, titleCount: number, at: number | undefined): number {
  if (at === undefined) return 0;
  if (typedCount === titleCount) return TITLE_BONUSES.whole;
  return at === 0 ? TITLE_BONUSES.start : TITLE_BONUSES.phrase;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
