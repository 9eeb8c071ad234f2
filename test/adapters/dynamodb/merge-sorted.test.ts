import { expect, it } from 'vitest';
import { firstOfMerged } from '../../../src/adapters/dynamodb/merge-sorted.ts';

it('asks no source for a value that is not needed', async () => {
  const asked: number[] = [];
  async function* numbers(first: number): AsyncGenerator<number> {
    for (let number = first; ; number += 2) {
      asked.push(number);
      yield number;
    }
  }
  const merged = await firstOfMerged([numbers(1), numbers(2)], 4, (a, b) => a - b);
  expect(merged).toEqual([1, 2, 3, 4]);
  expect(asked.toSorted()).toEqual([1, 2, 3, 4, 5]);
});
