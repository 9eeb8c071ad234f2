import { describe, expect, test } from 'vitest';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import { ALGORITHMS, COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, Decision } from '../../../src/ports/counter-store.ts';
import { aRequest, consumeUntilDenied } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function aStore(maxKeys?: number) {
  const clock = createFakeClock();
  return { clock, store: createMemoryCounterStore({ clock, ...(maxKeys && { maxKeys }) }) };
}

describe('memory CounterStore', () => {
  counterStoreContract(async () => {
    const { store, clock } = aStore();
    const restart = () => createMemoryCounterStore({ clock });
    return { store, elsewhere: store, restart, clock, differences: memoryDifferences.counterStore };
  });

  test('a look and a denial make no counter', async () => {
    const { store } = aStore();
    await store.peek(aRequest(), aCall());
    await store.consume(aRequest({ limit: 1, cost: 2 }), aCall());
    expect(store.stats()).toEqual({ counters: 0, permits: 0, evictedLive: 0 });
  });

  test('keeps no more than `maxKeys` counters, whatever makes them different', async () => {
    const { store } = aStore(100);
    for (let index = 0; index < 300; index += 1) {
      await store.consume(aRequest({ key: `key-${index}` }), aCall());
      await store.consume(aRequest({ key: 'one', windowMs: 1000 + index }), aCall());
      expect(store.stats().counters).toBeLessThanOrEqual(100);
    }
    expect(store.stats().evictedLive).toBe(500);
  });

  test.each(COUNTING_ALGORITHMS)(
    '%s: drops expired counters before any that still counts',
    async (algorithm) => {
      const { store, clock } = aStore(100);
      const lasting = aRequest({ algorithm, windowMs: 3_600_000, limit: 2 });
      await consumeUntilDenied(store, lasting, 3);
      for (let index = 0; index < 99; index += 1)
        await store.consume(aRequest({ algorithm, windowMs: 100 }), aCall());
      clock.advance(110);
      for (let index = 0; index < 99; index += 1) await store.consume(aRequest({ algorithm }), aCall());
      expect(store.stats().evictedLive).toBe(0);
      expect((await store.peek(lasting, aCall())).allowed).toBe(false);
    },
  );

  test('drops the counter that is whole again soonest when all of them count', async () => {
    const { store } = aStore(3);
    const requests = [30_000, 10_000, 20_000, 40_000].map((windowMs) =>
      aRequest({ algorithm: 'token-bucket', windowMs, limit: 1 }),
    );
    for (const request of requests) await store.consume(request, aCall());
    const allowed = await Promise.all(
      requests.map(async (request) => (await store.peek(request, aCall())).allowed),
    );
    expect(allowed).toEqual([false, true, false, false]);
    expect(store.stats()).toEqual({ counters: 3, permits: 0, evictedLive: 1 });
  });

  test('a flood of other keys does not erase a counter that lasts longer', async () => {
    const { store } = aStore(1000);
    const victim = aRequest({ windowMs: 31 * 86_400_000, limit: 3 });
    await consumeUntilDenied(store, victim, 4);
    for (let index = 0; index < 20_000; index += 1)
      await store.consume(aRequest({ key: `flood-${index}` }), aCall());
    expect((await store.peek(victim, aCall())).allowed).toBe(false);
  });

  test('forgets expired counters as it goes, without timers', async () => {
    const { store, clock } = aStore();
    for (let index = 0; index < 1000; index += 1) await store.consume(aRequest({ windowMs: 1000 }), aCall());
    clock.advance(1000);
    const steady = aRequest({ limit: 1_000_000 });
    for (let index = 0; index < 500; index += 1) await store.consume(steady, aCall());
    expect(store.stats().counters).toBe(1);
  });

  test('refunds and looks at what is not there make no counter', async () => {
    const { store } = aStore();
    for (const algorithm of ALGORITHMS) {
      const request = aRequest({ algorithm, permitId: 'mine' });
      await store.peek(request, aCall());
      await store.refund(request, aCall());
    }
    await store.consumeUpTo(aRequest({ limit: 1 }), 2, aCall());
    await store.consumeAll([aRequest(), aRequest({ limit: 1, cost: 2 })], aCall());
    expect(store.stats()).toEqual({ counters: 0, permits: 0, evictedLive: 0 });
  });

  test.each(ALGORITHMS)('%s: permits count for the bound, and go with their units', async (algorithm) => {
    const { store, clock } = aStore(50);
    const consume = (permitId: string, key: string) =>
      store.consume(aRequest({ algorithm, key, limit: 1_000, permitId }), aCall());
    for (let index = 0; index < 200; index += 1) {
      await consume(`${index}`, `key-${index % 3}`);
      const { counters, permits } = store.stats();
      expect(counters + permits).toBeLessThanOrEqual(50);
    }
    expect(store.stats().evictedLive).toBeGreaterThan(0);
    clock.advance(66_000);
    for (let index = 0; index < 10; index += 1) await consume('last', 'key');
    expect(store.stats()).toMatchObject({ counters: 1, permits: 1 });
  });

  test('a counter that is blocked for ever outlasts a flood of others', async () => {
    const { store } = aStore(100);
    const victim = aRequest();
    await store.block(victim.key, victim.policy, Number.POSITIVE_INFINITY, aCall());
    for (let index = 0; index < 1_000; index += 1) await store.consume(aRequest(), aCall());
    expect((await store.peek(victim, aCall())).allowed).toBe(false);
  });

  describe('a counter that went to make room for another of the same call', () => {
    const HOUR_MS = 3_600_000;

    /** A full store: five of the first are taken, which goes first, and one of the second. */
    async function aFullStore() {
      const { store } = aStore(2);
      const [first, second, third] = [1_000, HOUR_MS, 10 * HOUR_MS].map((windowMs) =>
        aRequest({ windowMs, limit: 10 }),
      );
      await store.consume({ ...first, cost: 5 } as CounterRequest, aCall());
      await store.consume(second as CounterRequest, aCall());
      return {
        store,
        first: first as CounterRequest,
        second: second as CounterRequest,
        third: third as CounterRequest,
      };
    }

    const remaining = (decisions: readonly Decision[]) => decisions.map((decision) => decision.remaining);

    test('begins anew, and takes no units of the other', async () => {
      const { store, first, third } = await aFullStore();
      expect(remaining(await store.consumeAll([third, first], aCall()))).toEqual([9, 9]);
    });

    test('nor of one that went too', async () => {
      const { store, first, second } = await aFullStore();
      const decisions = await store.consumeAll([{ ...second, permitId: 'mine' }, first], aCall());
      expect(decisions.at(-1)?.remaining).toBe(9);
      expect(store.stats().counters).toBe(1);
    });

    test('begins anew with its permit, and both are within the bound', async () => {
      const { store, first } = await aFullStore();
      expect(remaining([await store.consume({ ...first, permitId: 'mine' }, aCall())])).toEqual([9]);
      expect(store.stats()).toMatchObject({ counters: 1, permits: 1 });
    });
  });

  test('permits of a bucket that was full meanwhile are forgotten, also before its counter is dropped', async () => {
    const { store, clock } = aStore();
    for (let index = 0; index < 20; index += 1) await store.consume(aRequest({ windowMs: 100 }), aCall());
    const request = aRequest({ algorithm: 'token-bucket', windowMs: 2_000, permitId: 'mine' });
    await store.consume(request, aCall());
    clock.advance(200);
    await store.consume({ ...request, permitId: 'other' }, aCall());
    expect(await store.consume(request, aCall())).toMatchObject({ remaining: 8 });
  });

  test('holders that come, stay and go cost the same however many there are', async () => {
    const { store, clock } = aStore();
    const request = aRequest({ algorithm: 'concurrency', limit: 1_000_000_000, windowMs: 3_600_000 });
    const hold = (index: number) => store.consume({ ...request, permitId: `${index}` }, aCall());
    for (let index = 0; index < 50_000; index += 1) await hold(index);
    for (let index = 0; index < 40_000; index += 1)
      await store.refund({ ...request, permitId: `${index}` }, aCall());
    clock.advance(3_599_999);
    for (let index = 40_000; index < 45_000; index += 1) await hold(index);
    clock.advance(1);
    expect(await hold(45_000)).toMatchObject({ remaining: 1_000_000_000 - 5_001 });
    expect(store.stats()).toMatchObject({ counters: 1, permits: 5_001 });
  });
});
