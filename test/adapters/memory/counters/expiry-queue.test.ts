import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Counter } from '../../../../src/adapters/memory/counters/counter.ts';
import { createCounter } from '../../../../src/adapters/memory/counters/counter.ts';
import type { ExpiryQueue } from '../../../../src/adapters/memory/counters/expiry-queue.ts';
import { createExpiryQueue } from '../../../../src/adapters/memory/counters/expiry-queue.ts';

type Kind = 'add' | 'update' | 'remove' | 'removeFirst';
type Action = typeof anAction extends fc.Arbitrary<infer Value> ? Value : never;

const anAction = fc.record({
  kind: fc.constantFrom<Kind[]>('add', 'add', 'update', 'remove', 'removeFirst'),
  pick: fc.nat(),
  expiresAtMs: fc.integer({ min: 0, max: 50 }),
});

test('the first is always one that expires soonest, whatever was added, moved and removed', () => {
  fc.assert(
    fc.property(fc.array(anAction, { maxLength: 200 }), (actions) => {
      const queue = createExpiryQueue();
      const counters = new Set<Counter>();
      for (const action of actions) {
        perform(action, queue, counters);
        const times = [...counters].map(({ expiresAtMs }) => expiresAtMs);
        expect(queue.first()?.expiresAtMs ?? Number.POSITIVE_INFINITY).toBe(Math.min(...times));
        expect(queue.size()).toBe(counters.size);
      }
    }),
  );
});

/** Does the same to the queue and to the plain set of what should be in it. */
function perform({ kind, pick, expiresAtMs }: Action, queue: ExpiryQueue, counters: Set<Counter>): void {
  if (kind === 'add') {
    const counter = { ...createCounter('k', 'n'), expiresAtMs };
    counters.add(counter);
    queue.add(counter);
    return;
  }
  const picked = kind === 'removeFirst' ? queue.first() : [...counters][pick % Math.max(1, counters.size)];
  if (picked === undefined) return;
  if (kind === 'update') {
    picked.expiresAtMs = expiresAtMs;
    queue.update(picked);
  } else {
    counters.delete(picked);
    queue.remove(picked);
  }
}

const MANY = 100_000;

/** Counters that count how often anybody asks when they expire: the work of a queue, whatever the machine is doing. */
function countedCounters() {
  let reads = 0;
  // One getter for all: an object with one of its own is slow to make.
  const counted = {
    get expiresAtMs() {
      reads += 1;
      return this.blockedUntilMs;
    },
    blockedUntilMs: 0,
  };
  const expiringAt = (ms: number): Counter => {
    const { expiresAtMs: _, ...rest } = createCounter('k', 'n');
    return Object.assign(Object.create(counted), rest, { blockedUntilMs: ms });
  };
  const readsOf = (run: () => void): number => {
    const before = reads;
    run();
    return reads - before;
  };
  return { expiringAt, readsOf };
}

test('neither an insert nor a removal examines more than a few dozen of 100,000 counters', () => {
  const queue = createExpiryQueue();
  const { expiringAt, readsOf } = countedCounters();
  const work = Array.from({ length: 2 * MANY }, (_, index) => {
    const counter = expiringAt(index * 50 + ((index * 7919) % 3600) * 1000);
    return readsOf(() => {
      const first = queue.first();
      if (first !== undefined && queue.size() === MANY) queue.remove(first);
      queue.add(counter);
    });
  });
  expect(queue.size()).toBe(MANY);
  // A removal and an insert, each of log2(100,000) = 17 steps with at most four readings.
  expect(work.reduce((a, b) => Math.max(a, b))).toBeLessThan(2 * 17 * 4);
});

test('inserts that expire ever later cost the same however many counters there are', () => {
  const queue = createExpiryQueue();
  const { expiringAt, readsOf } = countedCounters();
  const work = Array.from({ length: MANY }, (_, index) => readsOf(() => queue.add(expiringAt(index))));
  expect(work.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(4);
});
