import { describe, expect, test } from 'vitest';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import { ALGORITHMS } from '../../../src/domain/limits/policy.ts';
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
    expect(store.stats()).toEqual({ counters: 0, evictedLive: 0 });
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

  test.each(ALGORITHMS)('%s: drops expired counters before any that still counts', async (algorithm) => {
    const { store, clock } = aStore(100);
    const lasting = aRequest({ algorithm, windowMs: 3_600_000, limit: 2 });
    await consumeUntilDenied(store, lasting, 3);
    for (let index = 0; index < 99; index += 1)
      await store.consume(aRequest({ algorithm, windowMs: 100 }), aCall());
    clock.advance(110);
    for (let index = 0; index < 99; index += 1) await store.consume(aRequest({ algorithm }), aCall());
    expect(store.stats().evictedLive).toBe(0);
    expect((await store.peek(lasting, aCall())).allowed).toBe(false);
  });

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
    expect(store.stats()).toEqual({ counters: 3, evictedLive: 1 });
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
});
