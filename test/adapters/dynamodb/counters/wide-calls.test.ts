import { describe, expect, test } from 'vitest';
import { ALGORITHMS, COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import type { CounterRequest } from '../../../../src/ports/counter-store.ts';
import { aRequest } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import { anInstance, readItem } from './fixture.ts';

const dynamodb = useDynamodb();
const UPDATE = 'UpdateItemCommand';
const READ = 'GetItemCommand';
const TRANSACTION = 'TransactWriteItemsCommand';
const LOOK = 'TransactGetItemsCommand';

const isAllowed = ({ allowed }: { readonly allowed: boolean }) => allowed;

describe('all or nothing of one key', () => {
  const requestsOf = (key: string, step: number): readonly CounterRequest[] =>
    ALGORITHMS.map((algorithm, index) =>
      aRequest({
        algorithm,
        key,
        limit: 5 + index,
        cost: 1 + (step % 3),
        ...(algorithm === 'concurrency' && { permitId: `${step % 9}` }),
      }),
    );

  test('is one call and one write unit, allowed or denied, over many windows', async () => {
    const { store, clock, drainCalls, drainUnits } = anInstance(dynamodb());
    const key = anId('key');
    let allowed = 0;
    for (let step = 0; step < 60; step += 1) {
      const decisions = await store.consumeAll(requestsOf(key, step), aCall());
      allowed += decisions.every(isAllowed) ? 1 : 0;
      expect({ step, calls: drainCalls() }).toEqual({ step, calls: [UPDATE] });
      expect(drainUnits()).toBe(1);
      clock.advance((step * 2_997) % 20_001);
    }
    expect(allowed).toBeGreaterThan(5);
    expect(allowed).toBeLessThan(55);
  });

  test('is two calls for an instance that another has overtaken', async () => {
    const one = anInstance(dynamodb());
    const other = anInstance(dynamodb(), { clock: one.clock });
    const key = anId('key');
    await one.store.consumeAll(requestsOf(key, 0), aCall());
    expect((await other.store.consumeAll(requestsOf(key, 1), aCall())).every(isAllowed)).toBe(true);
    expect(other.drainCalls()).toEqual([UPDATE, UPDATE]);
  });

  test('of which one can never pass is a read', async () => {
    const { store, drainCalls } = anInstance(dynamodb());
    const key = anId('key');
    await store.consumeAll(
      [aRequest({ key }), aRequest({ key, windowMs: 1_000, limit: 2, cost: 3 })],
      aCall(),
    );
    expect(drainCalls()).toEqual([READ]);
    expect(await readItem(dynamodb(), key)).toBeUndefined();
  });
});

describe('all or nothing of several keys', () => {
  test('is a transaction with a token of its own and a read, allowed or denied', async () => {
    const { store, client, drainCalls } = anInstance(dynamodb());
    const tokens: string[] = [];
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const { body } = args.request as { body: string };
          if (commandName === TRANSACTION) tokens.push(JSON.parse(body).ClientRequestToken);
          return next(args);
        },
      { step: 'build', name: 'tokens' },
    );
    const requests = ['a', 'b'].map((name) => aRequest({ key: anId(name), limit: 2 }));
    for (const expected of [true, true, false]) {
      expect((await store.consumeAll(requests, aCall())).every(isAllowed)).toBe(expected);
      expect(drainCalls()).toEqual([TRANSACTION, LOOK]);
    }
    expect(new Set(tokens.filter((token) => /^[\w-]{36}$/.test(token))).size).toBe(3);
  });
});

describe.each(ALGORITHMS)('%s: the calls of', (algorithm) => {
  const aPermitted = (permitId: string, key: string, cost = 1) =>
    aRequest({ algorithm, key, cost, permitId });

  /** An instance that knows of a counter with one unit taken. */
  async function begun() {
    const one = anInstance(dynamodb());
    const key = anId('key');
    await one.store.consume(aPermitted('first', key), aCall());
    one.drainCalls();
    one.drainUnits();
    return { ...one, key };
  }

  test('a request with a permit, new or known, are one, and one write unit', async () => {
    const { store, key, drainCalls, drainUnits } = await begun();
    for (const permitId of ['a', 'b', 'a', 'b', 'c']) {
      expect((await store.consume(aPermitted(permitId, key), aCall())).allowed).toBe(true);
      expect(drainCalls()).toEqual([UPDATE]);
      expect(drainUnits()).toBe(1);
    }
    expect(await store.peek(aPermitted('d', key), aCall())).toMatchObject({ remaining: 6 });
  });

  test('a refund are one, also of what is unknown, which makes nothing', async () => {
    const { store, key, drainCalls } = await begun();
    await store.consume(aPermitted('a', key), aCall());
    await store.refund(aPermitted('a', key), aCall());
    expect(drainCalls()).toEqual([UPDATE, UPDATE]);
    await store.refund(aPermitted('a', key), aCall());
    const other = anId('key');
    await store.refund(aPermitted('a', other), aCall());
    expect(drainCalls()).toEqual([READ, READ]);
    expect(await readItem(dynamodb(), other)).toBeUndefined();
  });

  test('a refund on an instance that does not know the permit are two', async () => {
    const { clock, key } = await begun();
    const other = anInstance(dynamodb(), { clock });
    await other.store.refund(aPermitted('first', key), aCall());
    expect(other.drainCalls()).toEqual([READ, UPDATE]);
  });

  test('taking as much as there is are one, taken or denied', async () => {
    const { store, key, drainCalls } = await begun();
    for (const [permitId, taken, calls] of [
      ['a', 9, [UPDATE]],
      ['b', 0, [READ]],
    ] as const) {
      expect(await store.consumeUpTo(aPermitted(permitId, key, 100), 1, aCall())).toMatchObject({ taken });
      expect(drainCalls()).toEqual(calls);
    }
  });

  test('a block, and of a check while it is in force, are one', async () => {
    const { store, key, drainCalls } = await begun();
    const request = aPermitted('a', key);
    for (const forMs of [1_000, 1_000, 500, Number.POSITIVE_INFINITY]) {
      await store.block(key, request.policy, forMs, aCall());
      expect((await store.consume(request, aCall())).allowed).toBe(false);
      expect(drainCalls()).toEqual([UPDATE, UPDATE]);
    }
  });
});

describe.each(COUNTING_ALGORITHMS)('%s: a denial that is charged', (algorithm) => {
  test('is one call: by what is known, or when nothing is left', async () => {
    const { store, drainCalls } = anInstance(dynamodb());
    const request = aRequest({ algorithm, limit: 5, cost: 3, chargeDenied: true });
    for (const expected of [true, false, false]) {
      expect((await store.consume(request, aCall())).allowed).toBe(expected);
      expect(drainCalls()).toEqual([UPDATE]);
    }
  });
});
