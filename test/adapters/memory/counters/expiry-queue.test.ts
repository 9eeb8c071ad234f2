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

test('the first is always one that expires soonest, whatever was added, moved and removed', () => {
  fc.assert(
    fc.property(fc.array(anAction, { maxLength: 200 }), (actions) => {
      const queue = createExpiryQueue();
      const counters = new Set<Counter>();
      for (const action of actions) {
        perform(action, queue, counters);
        const times = [...counters].map(({ state }) => state.expiresAtMs);
        expect(queue.first()?.state.expiresAtMs ?? Number.POSITIVE_INFINITY).toBe(Math.min(...times));
        expect(queue.size()).toBe(counters.size);
      }
    }),
  );
});

/** Does the same to the queue and to the plain set of what should be in it. */
function perform({ kind, pick, expiresAtMs }: Action, queue: ExpiryQueue, counters: Set<Counter>): void {
  if (kind === 'add') {
    const counter = { key: 'k', name: 'n', state: { expiresAtMs }, position: 0 };
    counters.add(counter);
    queue.add(counter);
    return;
  }
  const picked = kind === 'removeFirst' ? queue.first() : [...counters][pick % Math.max(1, counters.size)];
  if (picked === undefined) return;
  if (kind === 'update') {
    picked.state = { expiresAtMs };
    queue.update(picked);
  } else {
    counters.delete(picked);
    queue.remove(picked);
  }
}
