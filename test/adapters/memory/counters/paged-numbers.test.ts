import { expect, test } from 'vitest';
import { createPagedNumbers } from '../../../../src/adapters/memory/counters/paged-numbers.ts';

test('keeps each number in its place, over pages', () => {
  const numbers = createPagedNumbers();
  for (let index = 0; index < 50_000; index += 1) numbers.set(index, index * 7);
  numbers.set(16_384, -1);
  const sum = Array.from({ length: 50_000 }, (_, index) => numbers.get(index)).reduce((a, b) => a + b);
  expect([numbers.get(0), numbers.get(16_383), numbers.get(16_384), numbers.get(49_999)]).toEqual([
    0, 114_681, -1, 349_993,
  ]);
  expect(sum).toBe((7 * 49_999 * 50_000) / 2 - 16_384 * 7 - 1);
});
