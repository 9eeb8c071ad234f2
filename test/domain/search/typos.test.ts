import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from '../../../src/domain/search/edit-distance.ts';
import { typoDistance, typoKeys, typoProbes } from '../../../src/domain/search/typos.ts';

const letters = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'abcde'), minLength, maxLength });

const mistype = (word: string, kind: number, at: number, letter: string): string => {
  const left = word.slice(0, at);
  const kinds = [
    left + letter + word.slice(at),
    left + word.slice(at + 1),
    left + letter + word.slice(at + 1),
    left + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2),
  ];
  return kinds[kind] ?? word;
};

const typo = fc.tuple(fc.nat(3), fc.nat(20), letters(1, 1));
const shares = (word: string, typed: string): boolean => {
  const probes = new Set(typoProbes(typed));
  return typoKeys(word).some((key) => probes.has(key));
};

describe('editDistance', () => {
  it.each([
    ['love', 'love', 0],
    ['love', 'lvoe', 1],
    ['love', 'loe', 1],
    ['love', 'loove', 1],
    ['love', 'lave', 1],
    ['love', 'evol', 3],
    ['', 'ab', 2],
    ['ca', 'abc', 3],
  ])('of %s and %s is %i', (a, b, distance) => {
    expect(editDistance(a, b, 3)).toBe(distance);
    expect(editDistance(b, a, 3)).toBe(distance);
  });

  it('stops counting past its limit', () => {
    expect(editDistance('godfather', 'casablanca', 2)).toBe(3);
  });
});

describe('typo keys', () => {
  it('lead from every word with one typo to the word', () => {
    fc.assert(
      fc.property(letters(4, 14), typo, (word, [kind, place, letter]) => {
        const typed = mistype(word, kind, place % word.length, letter);
        expect(typoDistance(typed, word)).toBeLessThanOrEqual(1);
        expect(shares(word, typed)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('lead from every word with two letters put in, left out or replaced to a word of eight letters or more', () => {
    const edit = fc.tuple(fc.nat(2), fc.nat(20), letters(1, 1));
    fc.assert(
      fc.property(letters(8, 16), edit, edit, (word, first, second) => {
        const once = mistype(word, first[0], first[1] % word.length, first[2]);
        const twice = mistype(once, second[0], second[1] % once.length, second[2]);
        expect(shares(word, twice)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('are none for words of three letters, two for four to seven, three for longer', () => {
    expect(['her', 'jaws', 'casinos', 'godfather'].map((word) => typoKeys(word).length)).toEqual([
      0, 2, 2, 3,
    ]);
  });
});
