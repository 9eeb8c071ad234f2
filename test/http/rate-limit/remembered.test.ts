import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { remembered } from '../../../src/http/rate-limit/remembered.ts';

it('a text is read once, unless it is long', () => {
  const read: number[] = [];
  const lengthOf = remembered((text) => {
    read.push(text.length);
    return String(text.length);
  });
  for (const length of [1, 1, 256, 256, 257, 257]) expect(lengthOf('a'.repeat(length))).toBe(String(length));
  expect(read).toEqual([1, 256, 257, 257]);
});

it('what is remembered keeps nothing of the field that it was cut out of', () => {
  let reads = 0;
  const read = remembered(() => {
    reads += 1;
    return String(reads);
  });
  const before = heapUsed();
  for (let index = 0; index < 2000; index += 1) {
    const field = Buffer.alloc(15_000, `${index} `).toString('latin1');
    read(field);
    read(field.slice(0, 40));
  }
  const kept = heapUsed() - before;
  // One that was remembered, which also keeps the rest from being collected before.
  expect(read(Buffer.alloc(40, '7 ').toString('latin1'))).toBe('16');
  expect(reads).toBe(4000);
  expect(kept).toBeLessThan(5_000_000);
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
