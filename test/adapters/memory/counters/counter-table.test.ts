import { describe, expect, test } from 'vitest';
import type { Counter } from '../../../../src/adapters/memory/counters/counter.ts';
import { createCounterTable } from '../../../../src/adapters/memory/counters/counter-table.ts';
import type { FixedWindowState } from '../../../../src/domain/limits/fixed-window.ts';

const at = (ms: number) => ({ steadyMs: ms, wallMs: ms });

const aWindow = (used: number, expiresAtMs: number): FixedWindowState => ({ used, expiresAtMs });

const aPermit = (untilMs: number) => ({ units: 1, atMs: 0, untilMs });

const idOf = (key: string) => ({ key, policy: { algorithm: 'token-bucket', windowMs: 1000 } as const });

/** A table, and a way to add a counter as the store does. */
function aTable(maxEntries: number) {
  const table = createCounterTable(maxEntries);
  const add = (key: string, expiresAtMs: number): Counter => {
    table.makeRoom(1, at(0));
    const counter = table.add(idOf(key));
    table.setState(counter, { expiresAtMs });
    return counter;
  };
  return { table, add };
}

test('a flood of new keys into a table of live counters drops the one nearest to its end each time', () => {
  const { table, add } = aTable(1000);
  for (let index = 0; index < 5000; index += 1) add(`key-${index}`, 1 + ((index * 7919) % 3600) * 1000);
  expect(table.stats()).toEqual({ counters: 1000, permits: 0, evictedLive: 4000 });
});

test('a counter that is blocked stays as long as it is', () => {
  const { table, add } = aTable(10);
  table.block(add('blocked', 100), 1000);
  add('other', 500);
  for (const [nowMs, counters] of [
    [499, 2],
    [500, 1],
    [999, 1],
    [1000, 0],
  ] as const) {
    table.dropExpired(at(nowMs));
    expect(table.stats().counters).toBe(counters);
  }
});

test('a record that is used again knows nothing of the counter before', () => {
  const { table, add } = aTable(1);
  const first = add('first', 100);
  table.grant(first, 'id', aPermit(100), at(0));
  table.block(first, 1000);
  table.makeRoom(1, at(0));
  const second = table.add({ key: 'second', policy: { algorithm: 'fixed-window', windowMs: 1000 } });
  expect(second).toBe(first);
  expect([table.state(second), table.permits(second), table.find(idOf('first'))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(table.blockedUntilMs(second)).toBe(Number.NEGATIVE_INFINITY);
  expect(table.addToWindow(second, 1, at(0))).toBe(false);
});

test('nothing is added to a window that has ended', () => {
  const { table } = aTable(10);
  const counter = table.add({ key: 'key', policy: { algorithm: 'fixed-window', windowMs: 1000 } });
  table.setState(counter, aWindow(2, 1000));
  expect([table.addToWindow(counter, 3, at(999)), table.addToWindow(counter, 3, at(1000))]).toEqual([
    true,
    false,
  ]);
  expect(table.state(counter)).toEqual(aWindow(5, 1000));
});

test('a counter that is renewed no longer stands before those that expire sooner', () => {
  const { table, add } = aTable(10);
  const first = add('first', 100);
  add('second', 200);
  table.setState(first, { expiresAtMs: 1000 });
  table.dropExpired(at(200));
  expect([table.find(idOf('first')), table.find(idOf('second'))]).toEqual([first, undefined]);
});

describe('permits', () => {
  test('take room as counters do, and go with their counter', () => {
    const { table, add } = aTable(6);
    const first = add('first', 10);
    for (const id of ['a', 'b', 'c', 'd']) table.grant(first, id, aPermit(10), at(0));
    expect(table.stats()).toEqual({ counters: 1, permits: 4, evictedLive: 0 });
    add('second', 20);
    expect(table.stats()).toEqual({ counters: 2, permits: 4, evictedLive: 0 });
    add('third', 30);
    expect(table.stats()).toEqual({ counters: 2, permits: 0, evictedLive: 1 });
    expect(table.find(idOf('first'))).toBeUndefined();
  });

  test('that have ended go when another is given', () => {
    const { table, add } = aTable(100);
    const counter = add('key', 1000);
    for (let index = 0; index < 20; index += 1)
      table.grant(counter, `${index}`, aPermit(index + 5), at(index));
    expect(table.stats().permits).toBe(5);
    table.revoke(counter, '18');
    table.revoke(counter, '1');
    expect(table.stats().permits).toBe(4);
    table.setState(counter, undefined);
    expect(table.stats().permits).toBe(0);
  });

  test('of one id are one', () => {
    const { table, add } = aTable(100);
    const counter = add('key', 1000);
    for (const untilMs of [5, 6, 7]) table.grant(counter, 'id', aPermit(untilMs), at(0));
    expect([...(table.permits(counter) ?? [])]).toEqual([aPermit(7)]);
  });
});
