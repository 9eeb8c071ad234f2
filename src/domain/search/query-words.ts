import { pairWord } from './document-words.ts';
import { stemsOf } from './stemming.ts';
import { ARTICLES, STOP_WORDS } from './stop-words.ts';
import type { Word } from './words.ts';
import { lineOf, wordsOf } from './words.ts';

/** A word of what a user typed. */
export interface QueryWord {
  readonly text: string;
  /** Entries of the index that satisfy the word: itself, its stems, what it may be written as. */
  readonly entries: readonly string[];
  /** Beginnings that satisfy the word too: the last word may be unfinished. */
  readonly beginnings: readonly string[];
  /** Where beginnings count. One or two letters begin something in nearly every text: they count in titles. */
  readonly beginsIn: 'anywhere' | 'title';
}

const LONGEST_SHORT = 2;

export interface QueryWords {
  /** All words are common ones: only titles are looked at, since nearly every description has them. */
  readonly titleOnly: boolean;
  /** Each must match; none when the text has no word at all. */
  readonly required: readonly QueryWord[];
  /** All words, common ones included, as one line. */
  readonly line: string;
  /** The line with another article before it, or without its own. */
  readonly articleLines: readonly string[];
}

export function queryWords(text: string): QueryWords {
  const words = wordsOf(text);
  const line = lineOf(words);
  const telling = words.filter((word) => !STOP_WORDS.has(word.text));
  const required = telling.length > 0 ? telling : words;
  return {
    titleOnly: telling.length === 0,
    required: distinct(required.map((word) => toQueryWord(word, words))),
    line,
    articleLines: line === '' ? [] : articleLinesOf(line),
  };
}

function toQueryWord(word: Word, words: readonly Word[]): QueryWord {
  const at = words.indexOf(word);
  const forms = [word.text, ...word.forms];
  const joined = neighboursOf(word, words).map(([left, right]) => left.text + right.text);
  const entries = [...forms, ...stemsOf(word.text), ...joined, ...forms.map(pairWord)];
  return {
    text: word.text,
    entries: [...new Set(entries)],
    beginnings: at === words.length - 1 ? [...new Set(forms)] : [],
    beginsIn: word.text.length <= LONGEST_SHORT ? 'title' : 'anywhere',
  };
}

// "spider man" finds "Spiderman".
function neighboursOf(word: Word, words: readonly Word[]): readonly (readonly [Word, Word])[] {
  const at = words.indexOf(word);
  const before = words[at - 1];
  const after = words[at + 1];
  const pairs: [Word, Word][] = [];
  if (before !== undefined) pairs.push([before, word]);
  if (after !== undefined) pairs.push([word, after]);
  return pairs.filter((pair) => pair.every(({ text }) => !STOP_WORDS.has(text)));
}

// A finished word asks for more than an unfinished one: of a repeated word the finished one stays.
function distinct(words: readonly QueryWord[]): readonly QueryWord[] {
  const byText = new Map<string, QueryWord>();
  for (const word of words) if (!byText.has(word.text)) byText.set(word.text, word);
  return [...byText.values()];
}

function articleLinesOf(line: string): readonly string[] {
  const article = ARTICLES.find((candidate) => line.startsWith(`${candidate} `));
  const bare = article === undefined ? line : line.slice(article.length + 1);
  return [bare, ...ARTICLES.map((candidate) => `${candidate} ${bare}`)].filter((other) => other !== line);
}
