import { correctedWords } from '../../../domain/search/corrections.ts';
import type { QueryWord, QueryWords } from '../../../domain/search/query-words.ts';
import {
  coverageBonus,
  EXACT_BASE,
  popularityBonus,
  titleBonus,
  WORD_WEIGHTS,
} from '../../../domain/search/relevance.ts';
import { createTypoScorer, wordsToFind } from '../../../domain/search/typo-ranking.ts';
import type { StoredText } from './store.ts';
import type { WordIndex } from './word-index.ts';
import { FIELD } from './word-index.ts';

/** How well each matching slot fits, by slot. */
export type Scores = ReadonlyMap<number, number>;
export type TextAt = (slot: number) => StoredText | undefined;

const WHOLE = weightTable(WORD_WEIGHTS.title, WORD_WEIGHTS.label, WORD_WEIGHTS.description);
const BEGUN = weightTable(
  WORD_WEIGHTS.titleBeginning,
  WORD_WEIGHTS.labelBeginning,
  WORD_WEIGHTS.descriptionBeginning,
);

/** The documents that match as typed. */
export function matchAsTyped(index: WordIndex, textAt: TextAt, query: QueryWords): Scores {
  const weights = sumOfWeights(query.required.map((word) => weightsOf(index, textAt, word, query.titleOnly)));
  const scores = new Map<number, number>();
  for (const [slot, { sum, allInTitle }] of weights) {
    const text = textAt(slot);
    if (text === undefined) continue;
    const coverage = allInTitle ? coverageBonus(query.line, text.titleLine) : 0;
    const word = sum / query.required.length;
    const title = titleBonus(query, text.titleLine);
    scores.set(slot, EXACT_BASE + word + title + coverage + popularityBonus(text.document.popularityScore));
  }
  return scores;
}

/** The documents whose title matches when typos are forgiven. */
export function matchNear(index: WordIndex, textAt: TextAt, query: QueryWords): Scores {
  const candidates = wordsToFind(query).flatMap((word) => index.near(word.text));
  const words = correctedWords(query, [...new Set(candidates)]);
  const weights = sumOfWeights(words.map((word) => weightsOf(index, textAt, word, true)));
  const score = createTypoScorer(query);
  const scores = new Map<number, number>();
  for (const slot of weights.keys()) {
    const text = textAt(slot);
    if (text !== undefined) scores.set(slot, score(text.titleLine, text.document.popularityScore));
  }
  return scores;
}

function weightsOf(
  index: WordIndex,
  textAt: TextAt,
  word: QueryWord,
  titleOnly: boolean,
): ReadonlyMap<number, number> {
  const weights = new Map<number, number>();
  const visit = (table: readonly number[], inTitle: boolean) => (slot: number, fields: number) => {
    if ((inTitle && (fields & FIELD.title) === 0) || textAt(slot) === undefined) return;
    const weight = table[fields] ?? 0;
    if (weight > (weights.get(slot) ?? -1)) weights.set(slot, weight);
  };
  for (const entry of word.entries) index.each(entry, visit(WHOLE, titleOnly));
  const beginsInTitle = titleOnly || word.beginsIn === 'title';
  for (const beginning of word.beginnings) {
    for (const begun of index.beginningWith(beginning)) index.each(begun, visit(BEGUN, beginsInTitle));
  }
  return weights;
}

interface Sum {
  readonly sum: number;
  readonly allInTitle: boolean;
}

function sumOfWeights(perWord: readonly ReadonlyMap<number, number>[]): ReadonlyMap<number, Sum> {
  const [rarest, ...others] = perWord.toSorted((a, b) => a.size - b.size);
  const sums = new Map<number, Sum>();
  for (const [slot, weight] of rarest ?? []) {
    const weights = [weight, ...others.map((other) => other.get(slot))].filter((one) => one !== undefined);
    if (weights.length < perWord.length) continue;
    sums.set(slot, {
      sum: weights.reduce((sum, one) => sum + one, 0),
      allInTitle: weights.every((one) => one >= WORD_WEIGHTS.titleBeginning),
    });
  }
  return sums;
}

// By the sum of fields: the best of them counts.
function weightTable(title: number, label: number, description: number): readonly number[] {
  return Array.from({ length: 8 }, (_, fields) => {
    if (fields & FIELD.title) return title;
    return fields & FIELD.label ? label : description;
  });
}
