import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Counter } from '../../../../src/adapters/memory/counters/counter.ts';
import type { ExpiryQueue } from '../../../../src/adapters/memory/counters/expiry-queue.ts';
import { createExpiryQueue } from '../../../../src/adapters/memory/counters/expiry-queue.ts';

type Kind = 'add' | 'update' | 'remove' | 'removeFirst';
type Action = typeof anAction extends fc.Arbitrary<infer Value> ? Value : never;

const anAction = fc.record({
  kind: fc.constantFrom<Kind[]>('add', 'add', 'update', 'remove', 'removeFirst'),
  pick: fc.nat(),
  expiresAtMs: fc.integer({ min: 0, max: 50 }),
});

/** A queue of counters that count how often it asks when they expire: its work, whatever the machine is doing. */
function aQueue() {
  const expiries: number[] = [];
  const positions: number[] = [];
  let reads = 0;
  const queue = createExpiryQueue({
    expiryOf: (counter) => {
      reads += 1;
      return expiries[counter] as number;
    },
    positionOf: (counter) => positions[counter] as number,
    setPosition: (counter, position) => {
      positions[counter] = position;
    },
  });
  const readsOf = (run: () => void): number => {
    const before = reads;
    run();
    return reads - before;
  };
  return { queue, expiries, readsOf };
}

test('the first is always one that expires soonest, whatever was added, moved and removed', () => {
  fc.assert(
    fc.property(fc.array(anAction, { maxLength: 200 }), (actions) => {
      const { queue, expiries } = aQueue();
      const counters = new Set<Counter>();
      for (const action of actions) {
        perform(action, queue, counters, expiries);
        const times = [...counters].map((counter) => expiries[counter] as number);
        const first = queue.first();
        expect(first === undefined ? Number.POSITIVE_INFINITY : expiries[first]).toBe(Math.min(...times));
        expect(queue.size()).toBe(counters.size);
      }
      const times = [...counters].map((counter) => expiries[counter]).sort((a = 0, b = 0) => a - b);
      expect(emptied(queue).map((counter) => expiries[counter])).toEqual(times);
    }),
  );
});

/** All of the queue, in its order. */
function emptied(queue: ExpiryQueue): readonly Counter[] {
  const order: Counter[] = [];
  for (let first = queue.first(); first !== undefined; first = queue.first()) {
    order.push(first);
    queue.remove(first);
  }
  return order;
}

/** Does the same to the queue and to the plain set of what should be in it. */
function perform(
  { kind, pick, expiresAtMs }: Action,
  queue: ExpiryQueue,
  counters: Set<Counter>,
  expiries: number[],
): void {
  if (kind === 'add') {
    const counter = expiries.push(expiresAtMs) - 1;
    counters.add(counter);
    queue.add(counter);
    return;
  }
  const picked = kind === 'removeFirst' ? queue.first() : [...counters][pick % Math.max(1, counters.size)];
  if (picked === undefined) return;
  if (kind === 'update') {
    expiries[picked] = expiresAtMs;
    queue.update(picked);
  } else {
    counters.delete(picked);
    queue.remove(picked);
  }
}

const MANY = 100_000;

test('neither an insert nor a removal examines more than a few dozen of 100,000 counters', () => {
  const { queue, expiries, readsOf } = aQueue();
  const work = Array.from({ length: 2 * MANY }, (_, counter) => {
    expiries.push(counter * 50 + ((counter * 7919) % 3600) * 1000);
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
  const { queue, expiries, readsOf } = aQueue();
  const work = Array.from({ length: MANY }, (_, counter) => {
    expiries.push(counter);
    return readsOf(() => queue.add(counter));
  });
  expect(work.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(4);
});
