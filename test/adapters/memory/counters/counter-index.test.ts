import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Counter, CounterId } from '../../../../src/adapters/memory/counters/counter.ts';
import { createCounterIndex } from '../../../../src/adapters/memory/counters/counter-index.ts';
import { createCounterRecords } from '../../../../src/adapters/memory/counters/counter-records.ts';
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
      whole: (counter, field) => {
        looks += 1;
        return records.whole(counter, field);
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
