import type { QueryWord } from '../../../domain/search/query-words.ts';

/**
 * Writes `tsquery` text. Words hold letters and digits only, and are quoted as well: what a user types is never read as a
 * query language.
 */
export function everyWord(words: readonly QueryWord[]): string {
  return words.map((word) => `(${anyOf(word.entries, word.beginnings)})`).join(' & ');
}

/** Every word as it counts outside of titles. */
export function everyWordAnywhere(words: readonly QueryWord[]): string {
  const anywhere = words.map((word) => (word.beginsIn === 'title' ? { ...word, beginnings: [] } : word));
  return everyWord(anywhere);
}

export function wholeWord(word: QueryWord): string {
  return anyOf(word.entries, []);
}

export function begunWord(word: QueryWord): string {
  return anyOf([], word.beginnings);
}

// What begins so needs not be named as well.
function anyOf(entries: readonly string[], beginnings: readonly string[]): string {
  const others = entries.filter((entry) => !beginnings.some((beginning) => entry.startsWith(beginning)));
  return [...others.map(quoted), ...beginnings.map((beginning) => `${quoted(beginning)}:*`)].join(' | ');
}

function quoted(entry: string): string {
  return `'${entry.replace(/['\\]/g, '$&$&')}'`;
}
