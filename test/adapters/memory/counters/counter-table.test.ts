import { expect, test } from 'vitest';
import { createCounterTable } from '../../../../src/adapters/memory/counters/counter-table.ts';

const MOST = 100_000;

const at = (ms: number) => ({ steadyMs: ms, wallMs: ms });

/** States that count how often anybody asks when they expire: the work of a table, whatever the machine is doing. */
function countedStates() {
  let reads = 0;
  const expiringAt = (ms: number) => ({
    get expiresAtMs() {
      reads += 1;
      return ms;
    },
  });
  const readsOf = (run: () => void): number => {
    const before = reads;
    run();
    return reads - before;
  };
  return { expiringAt, readsOf };
}

/** Spread over an hour, in no order. */
const scattered = (index: number) => ((index * 7919) % 3600) * 1000;

test('no insert examines more than a few dozen of 100,000 counters', () => {
  const table = createCounterTable(MOST);
  const { expiringAt, readsOf } = countedStates();
  const work = Array.from({ length: 3 * MOST }, (_, index) => {
    const nowMs = index * 50;
    const state = expiringAt(nowMs + 60_000 + scattered(index));
    return readsOf(() => {
      table.dropExpired(at(nowMs));
      table.add(`key-${index}`, 'name', state, at(nowMs));
    });
  });
  expect(table.stats().counters).toBeLessThanOrEqual(MOST);
  // Three removals and one insert, each of log2(100,000) = 17 steps with at most four readings.
  expect(work.reduce((a, b) => Math.max(a, b))).toBeLessThan(4 * 17 * 4);
});

test('inserts that expire ever later cost the same however many counters there are', () => {
  const table = createCounterTable(MOST);
  const { expiringAt, readsOf } = countedStates();
  const work = Array.from({ length: MOST }, (_, index) =>
    readsOf(() => table.add(`key-${index}`, 'name', expiringAt(index), at(0))),
  );
  expect(work.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(4);
});

test('a flood of new keys into a table of live counters drops the one nearest to its end each time', () => {
  const table = createCounterTable(1000);
  for (let index = 0; index < 5000; index += 1) {
    table.add(`key-${index}`, 'name', { expiresAtMs: 1 + scattered(index) }, at(0));
  }
  expect(table.stats()).toEqual({ counters: 1000, evictedLive: 4000 });
});
