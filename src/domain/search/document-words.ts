import type { SearchDocument } from './document.ts';
import { lineOf, type Word, wordsOf } from './words.ts';

/** The words of a document by field, each once, as every back end indexes them. */
export interface DocumentWords {
  /** The title as one line of words; cut at {@link LONGEST_LINE} characters. */
  readonly titleLine: string;
  readonly title: readonly string[];
  /** Neighbours in the title written as one: `star wars` is found as `starwars`. */
  readonly titlePairs: readonly string[];
  /** Tags and category. */
  readonly labels: readonly string[];
  readonly description: readonly string[];
}

/** Keeps an index entry of a line under the 2,704 bytes that a Postgres B-tree takes. */
const LONGEST_LINE = 500;

export function documentWords(document: SearchDocument): DocumentWords {
  const title = wordsOf(document.title);
  return {
    titleLine: [...lineOf(title)].slice(0, LONGEST_LINE).join('').trimEnd(),
    title: distinctWords(title),
    titlePairs: pairsOf(title),
    labels: distinctWords([...document.tags, document.category].flatMap((label) => wordsOf(label))),
    description: distinctWords(wordsOf(document.description)),
  };
}

function distinctWords(words: readonly Word[]): readonly string[] {
  const distinct = new Set<string>();
  for (const word of words) {
    distinct.add(word.text);
    for (const form of word.forms) distinct.add(form);
  }
  return [...distinct];
}

function pairsOf(words: readonly Word[]): readonly string[] {
  const pairs = words.slice(1).map((word, index) => `${words[index]?.text ?? ''}${word.text}`);
  return [...new Set(pairs)];
}
