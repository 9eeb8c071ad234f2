import { describe, expect, test } from 'vitest';
import type { BlockCacheOptions } from '../../../src/adapters/limits/block-cache.ts';
import { withBlockCache } from '../../../src/adapters/limits/block-cache.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { StoreTimeout } from '../../../src/domain/errors.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore } from '../../../src/ports/counter-store.ts';
import { aRequest, consumeUntilDenied } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { counted, decoratedMemory, gated, settled } from './fixture.ts';

function aCache(options: Partial<BlockCacheOptions> = {}) {
  const clock = createFakeClock();
  const bare = createMemoryCounterStore({ clock });
  const inner = counted(bare);
  const store = withBlockCache(inner, { clock: clock.elapsedMs, maxKeys: 1000, ...options });
  return { clock, bare, inner, store };
}

describe('a block cache keeps the contract', () => {
  counterStoreContract(() =>
    decoratedMemory((store, clock) =>
      withBlockCache(store, { clock: clock.elapsedMs, maxHoldMs: Number.POSITIVE_INFINITY, maxKeys: 1000 }),
    ),
  );
});

describe('a block cache', () => {
  test.each(COUNTING_ALGORITHMS)(
    '%s: asks the store once for a counter that is used up',
    async (algorithm) => {
      const { store, inner, clock } = aCache();
      const request = aRequest({ algorithm, limit: 5 });
      await consumeUntilDenied(store, request, 6);
      clock.advance(3);
      const decisions = await Promise.all(Array.from({ length: 50 }, () => store.consume(request, aCall())));
      expect(inner.calls.consume).toBe(6);
      expect(decisions.every(({ allowed, decidedBy }) => !allowed && decidedBy === 'block-cache')).toBe(true);
      expect(store.stats()).toEqual({ checks: 56, hits: 50, keys: 1 });
    },
  );

  test('answers nothing to a caller that has gone', async () => {
    const { store } = aCache();
    const request = aRequest({ limit: 1 });
    await consumeUntilDenied(store, request, 2);
    const gone = anAbortedCall();
    await expect(store.consume(request, gone)).rejects.toBe(gone.reason);
  });

  test('leaves to the store what it can not know: permits, charges, other costs and limits', async () => {
    const { store, inner } = aCache();
    const request = aRequest({ limit: 2 });
    await consumeUntilDenied(store, request, 3);
    const others: readonly CounterRequest[] = [
      { ...request, permitId: 'mine' },
      { ...request, chargeDenied: true },
      { ...request, cost: 2 },
      { ...request, policy: { ...request.policy, limit: 1 } },
    ];
    for (const other of others) expect((await store.consume(other, aCall())).decidedBy).toBeUndefined();
    expect(inner.calls.consume).toBe(3 + others.length);
    const permitted = aRequest({ limit: 2, permitId: 'mine' });
    await store.block(permitted.key, permitted.policy, 100, aCall());
    expect((await store.consume(permitted, aCall())).allowed).toBe(false);
    expect(store.stats().keys).toBe(1);
  });

  test('keeps no denial with units left, and none of a cost over the limit', async () => {
    const { store, inner } = aCache();
    const request = aRequest({ limit: 10, cost: 8 });
    for (const cost of [8, 3, 3, 11, 11]) await store.consume({ ...request, cost }, aCall());
    expect(inner.calls.consume).toBe(5);
    expect(store.stats()).toMatchObject({ hits: 0, keys: 0 });
  });

  test('remembers the denials that `consumeAll` brings, and asks it of the store every time', async () => {
    const { store, inner } = aCache();
    const [used, other] = [aRequest({ limit: 1 }), aRequest({ limit: 3 })];
    await store.consumeAll([used, other], aCall());
    for (let round = 0; round < 2; round += 1)
      expect(await store.consumeAll([used, other], aCall())).toMatchObject([
        { allowed: false },
        { remaining: 2 },
      ]);
    expect(await store.consume(used, aCall())).toMatchObject({ allowed: false, decidedBy: 'block-cache' });
    expect(inner.calls).toMatchObject({ consumeAll: 3, consume: 0 });
  });

  test('what another instance gives back is seen after `maxHoldMs`', async () => {
    const { store, bare, clock } = aCache({ maxHoldMs: 700 });
    const request = aRequest({ limit: 5, windowMs: 3_600_000 });
    await consumeUntilDenied(store, request, 6);
    await bare.reset(request.key, aCall());
    clock.advance(699);
    expect((await store.consume(request, aCall())).allowed).toBe(false);
    clock.advance(1);
    expect((await store.consume(request, aCall())).allowed).toBe(true);
  });

  test('the hold may depend on the request', async () => {
    const { store, bare, clock } = aCache({ maxHoldMs: ({ policy }) => policy.limit });
    const requests = [20, 40].map((limit) => aRequest({ limit }));
    for (const request of requests) {
      await consumeUntilDenied(store, request, 50);
      await bare.reset(request.key, aCall());
    }
    clock.advance(20);
    const decisions = await Promise.all(requests.map((request) => store.consume(request, aCall())));
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false]);
  });

  test('keeps what it knows of a counter while others of its key are used, and higher limits of it are not', async () => {
    const { store } = aCache();
    const request = aRequest({ limit: 2 });
    const of = (policy: Partial<CounterRequest['policy']>) => ({
      ...request,
      policy: { ...request.policy, ...policy },
    });
    await consumeUntilDenied(store, request, 3);
    for (const other of [of({ windowMs: 1_000 }), of({ algorithm: 'token-bucket' }), of({ limit: 1 })])
      await store.consume(other, aCall());
    expect((await store.consume(request, aCall())).decidedBy).toBe('block-cache');
    await store.consume(of({ limit: 3 }), aCall());
    expect((await store.consume(request, aCall())).decidedBy).toBeUndefined();
    await store.consume({ ...of({ limit: 5 }), cost: 3, chargeDenied: true }, aCall());
    expect((await store.consume(request, aCall())).decidedBy).toBeUndefined();
  });

  test('knows nothing of a counter after a `consumeAll` that may have taken units and given them back', async () => {
    const { store } = aCache();
    const request = aRequest({ limit: 2 });
    await consumeUntilDenied(store, request, 3);
    await store.consumeAll([{ ...request, cost: 2 }, aRequest()], aCall());
    expect((await store.consume(request, aCall())).decidedBy).toBeUndefined();
  });

  test('keeps denials of no more than `maxKeys` keys, and of a few counters of each', async () => {
    const { store } = aCache({ maxKeys: 10 });
    for (let index = 0; index < 100; index += 1) {
      await consumeUntilDenied(store, aRequest({ limit: 1 }), 2);
      await consumeUntilDenied(store, aRequest({ key: 'one', windowMs: 60_000 + index, limit: 1 }), 2);
      expect(store.stats().keys).toBeLessThanOrEqual(10);
    }
    const hits = async (index: number) =>
      (await store.consume(aRequest({ key: 'one', windowMs: 60_000 + index, limit: 1 }), aCall())).decidedBy;
    expect(await hits(99)).toBe('block-cache');
    expect(await hits(5)).toBeUndefined();
  });
});

describe('a denial that was on its way when the key was changed is not remembered', () => {
  const request = aRequest({ limit: 1 });
  test.each<[string, (store: CounterStore) => Promise<unknown>]>([
    ['reset', (store) => store.reset(request.key, aCall())],
    ['refund', (store) => store.refund(request, aCall())],
    ['block', (store) => store.block(request.key, request.policy, 1, aCall())],
    ['consumeUpTo', (store) => store.consumeUpTo({ ...request, cost: 2 }, 1, aCall())],
  ])('%s', async (_, change) => {
    const { bare, clock } = aCache();
    const gate = gated(bare, 'consume');
    const store = withBlockCache(gate.store, { clock: clock.elapsedMs });
    await bare.reset(request.key, aCall());
    await bare.consume(request, aCall());
    const late = store.consume(request, aCall());
    await settled();
    await gate.ask();
    await change(store);
    await gate.answer();
    expect(await late).toMatchObject({ allowed: false });
    expect(store.stats().keys).toBe(0);
  });

  test('nor is one that was asked for while the change was under way', async () => {
    const { bare, clock } = aCache();
    const gate = gated(bare, 'reset');
    const store = withBlockCache(gate.store, { clock: clock.elapsedMs });
    await bare.consume(request, aCall());
    const reset = store.reset(request.key, aCall());
    await settled();
    await consumeUntilDenied(store, request, 2);
    await gate.ask();
    await gate.answer();
    await reset;
    expect((await store.consume(request, aCall())).allowed).toBe(true);
  });

  test('nor is one kept when a change fails, which may have been made', async () => {
    const { bare, clock } = aCache();
    const failing = {
      ...bare,
      reset: async (key: string) => {
        await bare.reset(key, aCall());
        throw new StoreTimeout('memory', 5);
      },
    };
    const store = withBlockCache(failing, { clock: clock.elapsedMs });
    await consumeUntilDenied(store, request, 2);
    await expect(store.reset(request.key, aCall())).rejects.toBeInstanceOf(StoreTimeout);
    expect((await store.consume(request, aCall())).allowed).toBe(true);
  });

  test('nor is one whose wait units made longer that were taken under a higher limit', async () => {
    const { bare, clock } = aCache();
    const gate = gated(bare, 'consume');
    const store = withBlockCache(gate.store, { clock: clock.elapsedMs });
    const used = aRequest({ algorithm: 'sliding-window', limit: 1 });
    const under = (limit: number) => ({ ...used, policy: { ...used.policy, limit } });
    await bare.consume(used, aCall());
    const calls = [under(5), used].map((request) => store.consume(request, aCall()));
    await settled();
    await gate.ask();
    await gate.answer();
    await Promise.all(calls);
    expect(store.stats().keys).toBe(0);
  });

  test('but for changes of other keys, and units that were there before it', async () => {
    const { bare, clock } = aCache();
    const gate = gated(bare, 'consume');
    const store = withBlockCache(gate.store, { clock: clock.elapsedMs });
    await bare.reset(request.key, aCall());
    const calls = [1, 2, 3].map(() => store.consume(request, aCall()));
    await settled();
    await gate.ask();
    await store.reset('other', aCall());
    await gate.answer();
    await Promise.all(calls);
    expect((await store.consume(request, aCall())).decidedBy).toBe('block-cache');
  });

  test('but for an answer that took longer than it, of units that were there before', async () => {
    const { bare, clock } = aCache();
    const held = Promise.withResolvers<void>();
    const late: CounterStore = {
      ...bare,
      consume: async (each, call) => {
        const decision = await bare.consume(each, call);
        if (decision.allowed) await held.promise;
        return decision;
      },
    };
    const store = withBlockCache(late, { clock: clock.elapsedMs });
    await bare.reset(request.key, aCall());
    const first = store.consume(request, aCall());
    await store.consume(request, aCall());
    held.resolve();
    await first;
    expect((await store.consume(request, aCall())).decidedBy).toBe('block-cache');
  });
});
