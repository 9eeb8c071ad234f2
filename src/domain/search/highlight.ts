import type { Highlights } from '../../ports/text-search.ts';
import { pairWord } from './document-words.ts';
import type { QueryWord, QueryWords } from './query-words.ts';
import { stemmerOf } from './stemming.ts';
import { typoDistance } from './typos.ts';
import type { Word } from './words.ts';
import { wordsOf } from './words.ts';

/** About so many characters of a description are shown. */
const FRAGMENT = 200;
/** So many of them before the first word found. */
const LEAD = 60;

/** What is shown of a document. */
export interface Shown {
  readonly title: string;
  readonly description: string;
  readonly language: string;
}

/**
 * Marks the query's words in a document: as typed, by stem, unfinished ones where they begin a word. Only when the document
 * has a word nowhere are near ones in the title marked. `undefined` when nothing is marked.
 */
export function highlight(document: Shown, query: QueryWords): Highlights | undefined {
  const stem = stemmerOf(document.language) ?? ((word: string) => word);
  const title = matchesIn(wordsOf(document.title), query, stem, 'title');
  const description = matchesIn(wordsOf(document.description), query, stem, 'anywhere');
  const absent = query.required.filter(
    (wanted) => !title.found.has(wanted) && !description.found.has(wanted),
  );
  const inTitle = title.all.filter((word) => title.matching.has(word) || isNear(word, absent));
  const inDescription = description.all.filter((word) => description.matching.has(word));
  if (inTitle.length + inDescription.length === 0) return undefined;
  return {
    ...(inTitle.length > 0 && { title: marked(document.title, inTitle, 0, document.title.length) }),
    ...(inDescription.length > 0 && { description: fragment(document.description, inDescription) }),
  };
}

interface Matches {
  readonly all: readonly Word[];
  readonly matching: ReadonlySet<Word>;
  /** The words of the query that stand somewhere. */
  readonly found: ReadonlySet<QueryWord>;
}

function matchesIn(
  words: readonly Word[],
  query: QueryWords,
  stem: (word: string) => string,
  place: QueryWord['beginsIn'],
): Matches {
  const matching = new Set<Word>();
  const found = new Set<QueryWord>();
  words.forEach((word, index) => {
    const next = words[index + 1];
    for (const wanted of query.required) {
      const isPair = next !== undefined && wanted.entries.includes(pairWord(word.text + next.text));
      if (!isPair && !isMatch(word, wanted, stem, place)) continue;
      found.add(wanted);
      matching.add(word);
      if (isPair) matching.add(next);
    }
  });
  return { all: words, matching, found };
}

function isMatch(
  word: Word,
  wanted: QueryWord,
  stem: (word: string) => string,
  place: QueryWord['beginsIn'],
): boolean {
  const begins = place === 'title' || wanted.beginsIn === 'anywhere';
  return [word.text, ...word.forms].some(
    (form) =>
      wanted.entries.includes(form) ||
      wanted.entries.includes(stem(form)) ||
      (begins && wanted.beginnings.some((beginning) => form.startsWith(beginning))),
  );
}

function isNear(word: Word, absent: readonly QueryWord[]): boolean {
  return absent.some((wanted) => typoDistance(wanted.text, word.text) !== undefined);
}

function fragment(text: string, words: readonly Word[]): string {
  const first = words[0]?.start ?? 0;
  if (text.length <= FRAGMENT) return marked(text, words, 0, text.length);
  const from = wordBreak(text, Math.max(0, Math.min(first - LEAD, text.length - FRAGMENT)));
  const to = lastBreak(text, Math.min(text.length, from + FRAGMENT), words[0]?.end ?? 0);
  const shown = marked(text, words, from, to);
  return `${from > 0 ? '…' : ''}${shown}${to < text.length ? '…' : ''}`;
}

// The beginning of the word at or after `at`, unless text goes on without a space for long.
function wordBreak(text: string, at: number): number {
  if (at === 0) return 0;
  const space = text.slice(at, at + LEAD / 2).search(/\s\S/);
  return space === -1 ? wholeCharacter(text, at) : at + space + 1;
}

// The end of the last word before `at`, but not before the first word found ends.
function lastBreak(text: string, at: number, least: number): number {
  if (at >= text.length) return text.length;
  const space = text.lastIndexOf(' ', at);
  return space >= Math.max(least, at - LEAD / 2) ? space : wholeCharacter(text, Math.max(at, least));
}

// Never between the halves of a surrogate pair.
function wholeCharacter(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(at)) ? at + 1 : at;
}

function marked(text: string, words: readonly Word[], from: number, to: number): string {
  let html = '';
  let done = from;
  for (const word of words) {
    if (word.start < done || word.end > to) continue;
    html += `${escaped(text.slice(done, word.start))}<mark>${escaped(text.slice(word.start, word.end))}</mark>`;
    done = word.end;
  }
  return html + escaped(text.slice(done, to));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
