import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCoalescing } from '../../../src/adapters/limits/coalescing.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { StoreUnavailable } from '../../../src/domain/errors.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore } from '../../../src/ports/counter-store.ts';
import { aRequest, consumeUntilDenied } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { counted, decoratedMemory, gated, settled } from './fixture.ts';

function aStore(options: { readonly maxGroup?: number } = {}) {
  const bare = createMemoryCounterStore({ clock: createFakeClock() });
  const inner = counted(bare);
  return { bare, inner, store: withCoalescing(inner, options) };
}

const atOnce = (store: CounterStore, request: CounterRequest, callers: number) =>
  Promise.all(Array.from({ length: callers }, () => store.consume(request, aCall())));

describe('coalesced checks keep the contract', () => {
  counterStoreContract(async () => {
    const fixture = await decoratedMemory((store) => withCoalescing(store));
    return { ...fixture, elsewhere: withCoalescing(fixture.store) };
  });
});

describe('coalesced checks', () => {
  test.each(COUNTING_ALGORITHMS)(
    '%s: of one turn are one call, or two where some are denied',
    async (algorithm) => {
      const { store, inner } = aStore();
      const request = aRequest({ algorithm, limit: 150 });
      const passed = await atOnce(store, request, 100);
      expect(passed.map(({ remaining }) => remaining)).toEqual(
        Array.from({ length: 100 }, (_, index) => 149 - index),
      );
      expect(inner.calls).toMatchObject({ consume: 0, consumeUpTo: 1 });
      const mixed = await atOnce(store, request, 100);
      expect(mixed.map(({ allowed }) => allowed)).toEqual(
        Array.from({ length: 100 }, (_, index) => index < 50),
      );
      expect(
        mixed.slice(50).every(({ remaining, retryAfterMs }) => remaining === 0 && retryAfterMs > 0),
      ).toBe(true);
      expect(inner.calls).toMatchObject({ consume: 0, consumeUpTo: 3 });
      expect(store.stats()).toEqual({ checks: 200, storeCalls: 3 });
    },
  );

  test('one that comes alone is passed on as it is', async () => {
    const { bare } = aStore();
    const asked: unknown[] = [];
    const store = withCoalescing({
      ...bare,
      consume: (...args) => {
        asked.push(args);
        return bare.consume(...args);
      },
    });
    const [request, call] = [aRequest(), aCall()];
    await store.consume(request, call);
    expect(asked).toEqual([[request, call]]);
  });

  test('counters, limits and turns are apart', async () => {
    const { store, inner } = aStore();
    const request = aRequest();
    const others = [
      { ...request, key: `${request.key}x` },
      { ...request, policy: { ...request.policy, windowMs: 1_000 } },
      { ...request, policy: { ...request.policy, limit: 11 } },
      aRequest({ key: request.key, algorithm: 'token-bucket' }),
    ];
    await Promise.all([request, ...others].map((each) => store.consume(each, aCall())));
    expect(inner.calls).toMatchObject({ consume: 5, consumeUpTo: 0 });
    await atOnce(store, request, 2);
    await atOnce(store, request, 2);
    expect(inner.calls).toMatchObject({ consume: 5, consumeUpTo: 2 });
  });

  test('a group that is full is sent, and others come after it', async () => {
    const { store, inner } = aStore({ maxGroup: 10 });
    const decisions = await atOnce(store, aRequest({ limit: 100 }), 25);
    expect(decisions.map(({ remaining }) => remaining)).toEqual(
      Array.from({ length: 25 }, (_, index) => 99 - index),
    );
    expect(inner.calls.consumeUpTo).toBe(3);
  });

  test('what is not plain or not of one unit goes its own way', async () => {
    const { store, inner } = aStore();
    const request = aRequest({ limit: 100 });
    const own = [{ cost: 2 }, { permitId: 'mine' }, { chargeDenied: true }];
    await Promise.all(
      own.flatMap((each) => [each, each]).map((each) => store.consume({ ...request, ...each }, aCall())),
    );
    expect(inner.calls).toMatchObject({ consume: 6, consumeUpTo: 0 });
  });

  test('an error is that of all who have no answer', async () => {
    const { bare } = aStore();
    const error = new StoreUnavailable('memory', 'gone');
    let calls = 0;
    const store = withCoalescing({
      ...bare,
      consumeUpTo: async (request, least, call) => {
        calls += 1;
        if (calls > 1) throw error;
        return bare.consumeUpTo(request, least, call);
      },
    });
    const request = aRequest({ limit: 3 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => store.consume(request, aCall())),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array(3).fill('fulfilled'),
      ...Array(2).fill('rejected'),
    ]);
    expect(outcomes.slice(3)).toMatchObject([{ reason: error }, { reason: error }]);
  });

  test('any number of callers of any number of instances: never more than the limit, and all of it', async () => {
    const plan = fc.array(fc.record({ instance: fc.nat(2), callers: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 1, max: 40 }), async (rounds, limit) => {
        const bare = createMemoryCounterStore({ clock: createFakeClock() });
        const stores = [0, 1, 2].map(() => withCoalescing(bare, { maxGroup: 7 }));
        const request = aRequest({ limit });
        const decisions = await Promise.all(
          rounds.map(({ instance, callers }) => atOnce(stores[instance] ?? bare, request, callers)),
        );
        const asked = rounds.reduce((sum, { callers }) => sum + callers, 0);
        const admitted = decisions.flat().filter(({ allowed }) => allowed);
        expect(admitted).toHaveLength(Math.min(limit, asked));
        expect(new Set(admitted.map(({ remaining }) => remaining)).size).toBe(admitted.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a caller of a group that goes away', () => {
  function aGroup(callers: number, limit: number) {
    const bare = createMemoryCounterStore({ clock: createFakeClock() });
    const signals: AbortSignal[] = [];
    const gate = gated(bare, 'consumeUpTo', 'consume');
    const store = withCoalescing({
      ...gate.store,
      consumeUpTo: (request, least, call) => {
        signals.push(call.signal);
        return gate.store.consumeUpTo(request, least, call);
      },
    });
    const request = aRequest({ limit });
    const controllers = Array.from({ length: callers }, () => new AbortController());
    const answers = controllers.map(({ signal }) => store.consume(request, { signal }));
    const outcomes = Promise.allSettled(answers);
    return { bare, gate, request, controllers, signals, answers, outcomes };
  }

  test('before it is sent takes nothing, and rejects at once', async () => {
    const { bare, gate, request, controllers, answers, outcomes } = aGroup(4, 10);
    const reason = new Error('enough');
    controllers[1]?.abort(reason);
    await expect(answers[1]).rejects.toBe(reason);
    await settled();
    await gate.ask();
    await gate.answer();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await bare.peek(request, aCall())).toMatchObject({ remaining: 7 });
  });

  test('leaves one who is passed on alone, or nobody and no call', async () => {
    for (const [goes, calls] of [
      [1, 1],
      [2, 0],
    ] as const) {
      const { store, inner } = aStore();
      const controllers = [new AbortController(), new AbortController()];
      const answers = controllers.map(({ signal }) =>
        store.consume(aRequest({ key: `${goes}` }), { signal }),
      );
      for (const controller of controllers.slice(0, goes)) controller.abort();
      await Promise.allSettled(answers);
      await settled();
      expect(inner.calls).toMatchObject({ consume: calls, consumeUpTo: 0 });
    }
  });

  test('after it is sent rejects at once, and its unit is the next one', async () => {
    const { gate, controllers, signals, answers, outcomes } = aGroup(4, 3);
    await settled();
    controllers[0]?.abort(new Error('enough'));
    await expect(answers[0]).rejects.toThrow('enough');
    expect(signals[0]?.aborted).toBe(false);
    await gate.ask();
    await gate.answer();
    const decisions = (await outcomes).slice(1);
    expect(decisions).toMatchObject([2, 1, 0].map((remaining) => ({ value: { allowed: true, remaining } })));
  });

  test('as the last one takes the call with it', async () => {
    const { controllers, signals, outcomes } = aGroup(3, 10);
    await settled();
    const [first, second, third] = controllers;
    second?.abort();
    third?.abort();
    expect(signals[0]?.aborted).toBe(false);
    const reason = new Error('the last one');
    first?.abort(reason);
    expect(signals[0]?.reason).toBe(reason);
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  });

  test('after it has its answer changes nothing any more', async () => {
    const { gate, controllers, signals, outcomes } = aGroup(2, 10);
    await settled();
    await gate.ask();
    await gate.answer();
    await outcomes;
    for (const controller of controllers) controller.abort();
    expect(signals[0]?.aborted).toBe(false);
  });

  test('while one signal goes with many checks takes all of them, and no others', async () => {
    const { store, bare } = aStore();
    const controller = new AbortController();
    const request = aRequest();
    const gone = Array.from({ length: 5 }, () => store.consume(request, controller));
    const here = store.consume(request, aCall());
    controller.abort(new Error('enough'));
    const outcomes = await Promise.allSettled([...gone, here]);
    expect(outcomes.map(({ status }) => status)).toEqual([...Array(5).fill('rejected'), 'fulfilled']);
    expect(await consumeUntilDenied(bare, request, 10)).toBe(9);
  });
});
