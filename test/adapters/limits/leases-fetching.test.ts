import { describe, expect, test } from 'vitest';
import type { LeasingStore } from '../../../src/adapters/limits/leases.ts';
import { StoreTimeout } from '../../../src/domain/errors.ts';
import type { CounterRequest, Decision } from '../../../src/ports/counter-store.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import { gated, settled } from './fixture.ts';
import { aFleet } from './fleet.ts';

describe('while a lease is fetched', () => {
  async function aFetch(limit = 1_000, failing?: unknown) {
    const { bare, open, errors } = aFleet(1, { leaseMs: 100_000 });
    const gate = gated(
      failing === undefined
        ? bare
        : {
            ...bare,
            consumeUpTo: async (request, least, call) => {
              await bare.consumeUpTo(request, least, call);
              throw failing;
            },
          },
      'consumeUpTo',
    );
    const signals: AbortSignal[] = [];
    const store = open({
      ...gate.store,
      consumeUpTo: (request, least, call) => {
        signals.push(call.signal);
        return gate.store.consumeUpTo(request, least, call);
      },
    });
    const request = aRequest({ limit });
    for (let check = 0; check < 2; check += 1) await store.consume(request, aCall());
    const controllers = Array.from({ length: 3 }, () => new AbortController());
    const answers = controllers.map(({ signal }) => store.consume(request, { signal }));
    const outcomes = Promise.allSettled(answers);
    await settled();
    const arrive = async () => {
      await gate.ask();
      await gate.answer();
    };
    return { bare, store, request, controllers, answers, outcomes, signals, arrive, errors };
  }

  const allowedOf = (outcomes: readonly PromiseSettledResult<Decision>[]) =>
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.allowed : outcome.reason));

  test('others wait for it, and draw from it in their order', async () => {
    const { outcomes, signals, arrive } = await aFetch();
    expect(signals).toHaveLength(1);
    await arrive();
    const remaining = [997, 996, 995].map((each) => ({ value: { allowed: true, remaining: each } }));
    expect(await outcomes).toMatchObject(remaining);
    expect(signals).toHaveLength(1);
  });

  test('one that the store denies draws from what came meanwhile', async () => {
    const { bare, open } = aFleet(1);
    const gate = gated(bare, 'consume');
    const store = open(gate.store);
    const request = aRequest({ limit: 10 });
    const first = store.consume(request, aCall());
    await settled();
    await gate.ask();
    await gate.answer();
    await first;
    const late = store.consume(request, aCall());
    await store.consume(request, aCall());
    await bare.consume({ ...request, cost: 5 }, aCall());
    await settled();
    await gate.ask();
    await gate.answer();
    expect(await late).toMatchObject({ allowed: true, decidedBy: 'lease' });
  });

  test('those for whom nothing is left ask again', async () => {
    const { outcomes, arrive, bare, request } = await aFetch(10);
    await bare.consume({ ...request, cost: 6 }, aCall());
    await arrive();
    expect(allowedOf(await outcomes)).toEqual([true, true, false]);
  });

  test('one that goes away rejects at once, and leaves its units to the others', async () => {
    const { controllers, answers, outcomes, signals, arrive, store, bare, request } = await aFetch();
    const reason = new Error('enough');
    controllers[0]?.abort(reason);
    await expect(answers[0]).rejects.toBe(reason);
    expect(signals[0]?.aborted).toBe(false);
    await arrive();
    expect(allowedOf(await outcomes)).toEqual([reason, true, true]);
    await store.close();
    expect(await bare.peek(request, aCall())).toMatchObject({ remaining: 996 });
  });

  test('the last one that goes away takes the fetch with it', async () => {
    const { controllers, outcomes, signals } = await aFetch();
    for (const controller of controllers) controller.abort(new Error('enough'));
    expect(signals[0]?.aborted).toBe(true);
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  });

  test('an error is that of all who wait, and what may have been taken goes back', async () => {
    const error = new StoreTimeout('memory', 'late');
    const { outcomes, arrive, bare, request, errors, store } = await aFetch(1_000, error);
    await arrive();
    expect(allowedOf(await outcomes)).toEqual([error, error, error]);
    await store.close();
    expect(await bare.peek(request, aCall())).toMatchObject({ remaining: 998 });
    expect(errors).toEqual([]);
  });

  test.each<[string, (store: LeasingStore, request: CounterRequest) => Promise<void>]>([
    ['reset', (store, { key }) => store.reset(key, aCall())],
    ['block', (store, { key, policy }) => store.block(key, policy, 1, aCall())],
    ['close', async (store) => void store.close()],
  ])('after a %s none of it is kept', async (_, change) => {
    const { outcomes, arrive, store, request } = await aFetch();
    await change(store, request);
    await arrive();
    await outcomes;
    expect(store.stats().leases).toBe(0);
  });

  test.each(['refund', 'consumeUpTo'] as const)(
    '`close` waits for a %s that is on its way',
    async (operation) => {
      const { bare, open } = aFleet(1);
      const gate = gated(bare, operation);
      const store = open(gate.store);
      const request = aRequest({ limit: 1_000 });
      const checks = (async () => {
        for (let check = 0; check < 9; check += 1) await store.consume(request, aCall());
      })();
      await settled();
      let isClosed = false;
      const closing = store.close().then(() => {
        isClosed = true;
      });
      await settled();
      expect(isClosed).toBe(false);
      await gate.ask();
      expect(isClosed).toBe(false);
      await gate.answer();
      await closing;
      await checks;
      expect(await bare.peek(request, aCall())).toMatchObject({ remaining: 991 });
    },
  );
});
