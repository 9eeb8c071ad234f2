import type { QueryWords } from './query-words.ts';

/**
 * How much a word of the query is worth where it stands. The steps between fields are wider than {@link POPULARITY_SHARE},
 * so popularity only decides between documents that hold the words in the same places.
 */
export const WORD_WEIGHTS = {
  title: 1,
  titleBeginning: 0.8,
  label: 0.5,
  labelBeginning: 0.4,
  description: 0.1,
  descriptionBeginning: 0,
} as const;

/** What the title earns as a whole: the first that holds. `Beginning`: its last word goes on where the query stops. */
export const TITLE_BONUSES = {
  whole: 3.3,
  wholeButArticle: 3.2,
  start: 1.3,
  startBeginning: 1.1,
  phrase: 1,
  phraseBeginning: 0.8,
} as const;

/** How much a title earns by having no other words than the query's. */
export const COVERAGE_SHARE = 0.2;
export const POPULARITY_SHARE = 0.25;
/** The logarithm of a popularity that earns half the share: a popularity of about 20. */
export const POPULARITY_HALF = 3;
/** Keeps every document that matches as typed above those that match with typos. */
export const EXACT_BASE = 10;

/** What popularity adds: 0 for none, towards {@link POPULARITY_SHARE} for the greatest. */
export function popularityBonus(popularity: number): number {
  const magnitude = Math.log(1 + popularity);
  return (POPULARITY_SHARE * magnitude) / (magnitude + POPULARITY_HALF);
}

/** What the place of the whole query in a title is worth. */
export function titleBonus(query: QueryWords, titleLine: string): number {
  const { line, articleLines } = query;
  if (titleLine === line) return TITLE_BONUSES.whole;
  if (articleLines.includes(titleLine)) return TITLE_BONUSES.wholeButArticle;
  if (titleLine.startsWith(line)) {
    return titleLine.charAt(line.length) === ' ' ? TITLE_BONUSES.start : TITLE_BONUSES.startBeginning;
  }
  if (` ${titleLine} `.includes(` ${line} `)) return TITLE_BONUSES.phrase;
  return ` ${titleLine}`.includes(` ${line}`) ? TITLE_BONUSES.phraseBeginning : 0;
}

/** What a title earns that has all of the query's words: less the longer it is beyond them. */
export function coverageBonus(line: string, titleLine: string): number {
  return COVERAGE_SHARE * Math.min(1, line.length / titleLine.length);
}
