import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Counter, CounterId } from '../../../../src/adapters/memory/counters/counter.ts';
import { createCounterIndex } from '../../../../src/adapters/memory/counters/counter-index.ts';
import { createCounterRecords, INTEGER } from '../../../../src/adapters/memory/counters/counter-records.ts';
import { ALGORITHMS } from '../../../../src/domain/limits/policy.ts';

const anId: fc.Arbitrary<CounterId> = fc.record({
  key: fc.constantFrom('a', 'b', '', 'a'.repeat(128), 'a'.repeat(129), 'a'.repeat(2048)),
  policy: fc.record({
    algorithm: fc.constantFrom(...ALGORITHMS),
    windowMs: fc.constantFrom(100, 1000, 1000.5, 31 * 86_400_000),
  }),
});

const nameOf = ({ key, policy }: CounterId) => `${policy.algorithm} ${policy.windowMs} ${key}`;

test('finds each counter by all that names it, and those of a key by the key', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ removes: fc.boolean(), id: anId }), { maxLength: 120 }), (actions) => {
      const records = createCounterRecords();
      const index = createCounterIndex(records, 100);
      const kept = new Map<string, { id: CounterId; counter: Counter }>();
      for (const { removes, id } of actions) {
        const known = kept.get(nameOf(id));
        if (removes && known) {
          index.remove(known.counter);
          records.remove(known.counter);
          kept.delete(nameOf(id));
        } else if (!known) {
          const counter = records.add();
          index.add(counter, id);
          kept.set(nameOf(id), { id, counter });
        }
        expect(index.find(id)).toBe(kept.get(nameOf(id))?.counter);
        const ofKey = [...kept.values()].filter((each) => each.id.key === id.key);
        expect(new Set(index.all(id.key))).toEqual(new Set(ofKey.map(({ counter }) => counter)));
      }
      for (const { id, counter } of kept.values()) expect(index.find(id)).toBe(counter);
    }),
  );
});

test('one key with 100,000 windows is as quick to look through as any', () => {
  const records = createCounterRecords();
  let looks = 0;
  const index = createCounterIndex(
    {
      ...records,
      integer: (counter, field) => {
        looks += 1;
        return records.integer(counter, field);
      },
    },
    100_000,
  );
  const idOf = (windowMs: number) => ({
    key: 'one',
    policy: { algorithm: 'fixed-window', windowMs } as const,
  });
  for (let windowMs = 0; windowMs < 100_000; windowMs += 1) index.add(records.add(), idOf(windowMs));
  looks = 0;
  for (let windowMs = 0; windowMs < 1000; windowMs += 1)
    expect(index.find(idOf(windowMs * 100))).toBe(windowMs * 100);
  // Some ten for the head, a few of the ring and the one that is found, and now and then one more with the same hash.
  expect(looks).toBeLessThan(20 * 1000);
});

describe('long keys', () => {
  const policy = { algorithm: 'fixed-window', windowMs: 1000 } as const;
  const long = 'long'.repeat(100);
  const digest = createHash('sha256').update(long, 'utf16le').digest('base64');

  test.each([
    ['their digest', digest],
    ['their digest, as it is filed', digest.padEnd(129)],
    ['one that differs at the end', `${long.slice(0, -1)}G`],
  ])('are none of %s', (_, other) => {
    const records = createCounterRecords();
    const index = createCounterIndex(records, 10);
    index.add(records.add(), { key: long, policy });
    expect(index.find({ key: other, policy })).toBeUndefined();
    expect(index.find({ key: long, policy })).toBe(0);
  });

  test('of different lone surrogates are different', () => {
    const records = createCounterRecords();
    const index = createCounterIndex(records, 10);
    index.add(records.add(), { key: `\ud800${long}`, policy });
    expect(index.find({ key: `\ud801${long}`, policy })).toBeUndefined();
  });

  test('that come and go take the place of one', () => {
    const records = createCounterRecords();
    const index = createCounterIndex(records, 10);
    for (let round = 0; round < 10_000; round += 1) {
      const counter = records.add();
      index.add(counter, { key: `${round} ${'x'.repeat(120)}`, policy });
      expect(records.integer(counter, INTEGER.key)).toBeLessThan(10);
      index.remove(counter);
      records.remove(counter);
    }
  });
});
