import type { SearchDocument } from './document.ts';
import { stemmerOf } from './stemming.ts';
import type { Word } from './words.ts';
import { lineOf, wordsOf } from './words.ts';

/** The words of a document by field, each once, with their stems: what every back end indexes. */
export interface DocumentWords {
  /** The title as one line of words, cut at {@link LONGEST_LINE} characters. */
  readonly titleLine: string;
  /** The title's words as they are: what typos are measured against. */
  readonly titleWords: readonly string[];
  /** The title's words, their stems and its pairs (see {@link pairWord}). */
  readonly title: readonly string[];
  /** Tags and category. */
  readonly labels: readonly string[];
  readonly description: readonly string[];
}

/** Keeps an index entry of a line under the 2,704 bytes that a Postgres B-tree takes. */
const LONGEST_LINE = 500;

export function documentWords(document: SearchDocument): DocumentWords {
  const title = wordsOf(document.title);
  const titleWords = distinctTexts(title);
  const labels = [...document.tags, document.category].flatMap((label) => wordsOf(label));
  const stem = stemmerOf(document.language);
  return {
    titleLine: [...lineOf(title)].slice(0, LONGEST_LINE).join('').trimEnd(),
    titleWords: [...titleWords],
    title: [...withStems(titleWords, stem), ...pairsOf(title)],
    labels: withStems(distinctTexts(labels), stem),
    description: withStems(distinctTexts(wordsOf(document.description)), stem),
  };
}

/** The index entry of two neighbours of a title: who types them as one word (`starwars`) finds `Star Wars`. No word has `_`. */
export function pairWord(joined: string): string {
  return `_${joined}`;
}

function distinctTexts(words: readonly Word[]): Set<string> {
  const distinct = new Set<string>();
  for (const word of words) {
    distinct.add(word.text);
    for (const form of word.forms) distinct.add(form);
  }
  return distinct;
}

function withStems(words: ReadonlySet<string>, stem: ((word: string) => string) | undefined): string[] {
  const all = new Set(words);
  if (stem !== undefined) for (const word of words) all.add(stem(word));
  return [...all];
}

function pairsOf(words: readonly Word[]): readonly string[] {
  const pairs = words.slice(1).map((word, index) => pairWord(`${words[index]?.text ?? ''}${word.text}`));
  return [...new Set(pairs)];
}
