import type { Film } from './films.ts';
import type { Random } from './random.ts';
import { pick } from './random.ts';

export interface TypoSample {
  readonly film: number;
  readonly typed: string;
}

const WORD = /\p{L}{4,}/gu;
const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz'];

/** Distinct films at random that have a word of four letters or more in their title, each title with one typo in such a word. */
export function typoSamples(films: readonly Film[], count: number, random: Random): readonly TypoSample[] {
  const samples = new Map<number, TypoSample>();
  while (samples.size < count) {
    const film = Math.floor(random() * films.length);
    const title = films[film]?.title ?? '';
    if (!samples.has(film) && title.match(WORD)) samples.set(film, { film, typed: withTypo(title, random) });
  }
  return [...samples.values()];
}

function withTypo(title: string, random: Random): string {
  const word = pick(random, [...title.matchAll(WORD)]);
  const mistyped = mistype(word[0], random);
  return title.slice(0, word.index) + mistyped + title.slice(word.index + word[0].length);
}

/** One letter put in, left out, replaced or swapped with its neighbour, at any place, so that the word is another one. */
function mistype(word: string, random: Random): string {
  const at = Math.floor(random() * word.length);
  const letter = pick(random, ALPHABET);
  const [left, here, next] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1)];
  const kinds = [
    left + letter + word.slice(at),
    left + word.slice(at + 1),
    left + letter + word.slice(at + 1),
    left + next + here + word.slice(at + 2),
  ];
  const mistyped = pick(random, kinds);
  return mistyped.toLowerCase() === word.toLowerCase() ? mistype(word, random) : mistyped;
}
