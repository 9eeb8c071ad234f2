import { describe, expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { aRequest, consumeUntilDenied } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import { anInstance, readItem } from './fixture.ts';

const dynamodb = useDynamodb();
const UPDATE = 'UpdateItemCommand';

describe.each(COUNTING_ALGORITHMS)('%s: the calls of a check', (algorithm) => {
  test('are one and one write unit, allowed or denied, over many windows', async () => {
    const { store, clock, drainCalls, drainUnits } = anInstance(dynamodb());
    const request = aRequest({ algorithm, limit: 7 });
    let allowed = 0;
    for (let step = 0; step < 100; step += 1) {
      allowed += (await store.consume({ ...request, cost: 1 + (step % 3) }, aCall())).allowed ? 1 : 0;
      expect(drainCalls()).toEqual([UPDATE]);
      expect(drainUnits()).toBe(1);
      clock.advance((step * 997) % 9001);
    }
    expect(allowed).toBeGreaterThan(10);
    expect(allowed).toBeLessThan(90);
  });

  test('are one whatever limit is asked, and one write unit', async () => {
    const { store, clock, drainCalls, drainUnits } = anInstance(dynamodb());
    const key = anId('key').padEnd(2048, 'k');
    for (const limit of [10, 1_000_000_000, 5, 11, 6]) {
      await store.consume(aRequest({ algorithm, key, limit }), aCall());
      expect(drainCalls()).toEqual([UPDATE]);
      expect(drainUnits()).toBe(1);
      clock.advance(7_001);
    }
  });

  test('are one for an instance that others have not overtaken, and two for one that they have', async () => {
    const one = anInstance(dynamodb());
    const other = anInstance(dynamodb(), { clock: one.clock });
    const request = aRequest({ algorithm, limit: 20 });
    await one.store.consume(request, aCall());
    await other.store.consume(request, aCall());
    expect(other.drainCalls()).toEqual([UPDATE, UPDATE]);
    one.drainCalls();
    for (const { store, drainCalls } of [one, other, other, one, one]) {
      expect((await store.consume(request, aCall())).allowed).toBe(true);
      expect(drainCalls()).toEqual([UPDATE]);
    }
  });

  test('are at most two for each of 200 at once', async () => {
    const { store, drainCalls } = anInstance(dynamodb());
    const request = aRequest({ algorithm, limit: 50 });
    const decisions = await Promise.all(Array.from({ length: 200 }, () => store.consume(request, aCall())));
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
    expect(drainCalls().length).toBeLessThanOrEqual(400);
  });

  test('write nothing for a look and for a cost over the limit', async () => {
    const { store, drainCalls } = anInstance(dynamodb());
    const request = aRequest({ algorithm, limit: 5 });
    await store.peek(request, aCall());
    await store.consume({ ...request, cost: 6 }, aCall());
    expect(drainCalls()).toEqual(['GetItemCommand', 'GetItemCommand']);
    expect(await readItem(dynamodb(), request.key)).toBeUndefined();
  });

  test('change no decision when nothing is remembered', async () => {
    const { store, clock } = anInstance(dynamodb(), { maxRemembered: 1 });
    const request = aRequest({ algorithm, limit: 5 });
    for (let round = 0; round < 3; round += 1) {
      expect(await consumeUntilDenied(store, request, 6)).toBe(5);
      await store.consume(aRequest({ algorithm }), aCall());
      expect((await store.consume(request, aCall())).allowed).toBe(false);
      clock.advance(66_000);
    }
  });
});

test('a counter made of all algorithms and the longest key still takes one write unit', async () => {
  const { store, drainUnits } = anInstance(dynamodb());
  const key = '\u{1f600}'.repeat(63);
  for (const algorithm of COUNTING_ALGORITHMS) {
    for (const windowMs of [1000, 3_600_000]) {
      const request = aRequest({ algorithm, key, windowMs, limit: 1_000_000_000, cost: 100_000_001 });
      await store.consume(request, aCall());
      drainUnits();
      await store.consume(request, aCall());
      expect(drainUnits()).toBe(1);
    }
  }
});
