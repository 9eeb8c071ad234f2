import { describe, expect, test } from 'vitest';
import { createKeyHash } from '../../../../src/adapters/memory/counters/key-hash.ts';

/** Pairs of texts that are alike in all but a little, as those who look for two that meet would choose them. */
const ALIKE: readonly (readonly [string, string])[] = [
  ['', '\0'],
  ['a', 'a\0'],
  ['a', 'a\u0001'],
  ['ab', 'ba'],
  ['a'.repeat(128), `${'a'.repeat(127)}b`],
  ['\ud800', '\ud801'],
  ['client-1', 'client-2'],
];

describe('of texts', () => {
  test.each(ALIKE)('%j and %j meet under one secret in four billion', (one, other) => {
    for (let secret = 0; secret < 100; secret += 1) {
      const { ofText } = createKeyHash(129);
      expect(ofText(one)).toBe(ofText(one));
      expect(ofText(one)).not.toBe(ofText(other));
    }
  });

  test.each([
    ['numbers', (index: number) => `client-${index}`],
    ['addresses', (index: number) => `10.0.${index >> 8}.${index & 255}`],
    [
      'runs of one letter',
      (index: number) => String.fromCharCode(index % 1000).repeat(1 + Math.floor(index / 1000)),
    ],
  ])('%s are spread evenly, whatever the secret', (_, keyOf) => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { ofText } = createKeyHash(129, secretsOf(seed));
      const hashes = Array.from({ length: 20_000 }, (_each, index) => ofText(keyOf(index)));
      expect(new Set(hashes).size).toBeGreaterThan(19_990);
      for (const shift of [0, 10, 22]) expect(fullestOf(hashes, shift)).toBeLessThan(50);
    }
  });
});

/** Of 1024 places by ten bits of the hashes, how many are in the fullest: 20 in the mean, and 40 where the hashes are random. */
function fullestOf(hashes: readonly number[], shift: number): number {
  const counts = new Map<number, number>();
  for (const hash of hashes) {
    const place = (hash >>> shift) & 1023;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

function secretsOf(seed: number) {
  let state = seed;
  return (count: number) =>
    Int32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      return state;
    });
}

test('of numbers, each of which tells', () => {
  const { ofNumbers } = createKeyHash(1);
  const hashes = new Set<number>();
  for (const one of [0, 1, -1, 1 << 16])
    for (const other of [0, 1, 2, 3])
      for (const third of [0, 100, 2_678_400_000]) hashes.add(ofNumbers(one, other, third));
  expect(hashes.size).toBe(48);
});
