import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidationFailed } from '../../../src/domain/errors.ts';
import { ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore, Decision } from '../../../src/ports/counter-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest, RUNS, WINDOWS_MS } from './fixture.ts';

/** `consumeAll`: all or nothing. Each promise for counters of one key, and for those of several. */
export function consumeAllContract(make: MakeCounters): void {
  describe.each([
    { keys: 'one key', keysOf: (key: string) => Array<string>(4).fill(key) },
    { keys: 'several keys', keysOf: (key: string) => ['a', 'b', 'c', 'd'].map((each) => `${key}:${each}`) },
  ])('of $keys', ({ keysOf }) => {
    /** One request for each algorithm. */
    const requestsOf = (limits: readonly number[], cost = 1): readonly CounterRequest[] => {
      const keys = keysOf(anId('key'));
      return ALGORITHMS.map((algorithm, index) =>
        aRequest({
          algorithm,
          cost,
          key: keys[index] ?? '',
          limit: limits[index] ?? 10,
          ...(algorithm === 'concurrency' && { permitId: anId('permit') }),
        }),
      );
    };

    test('takes the units of all, and answers in their order', async () => {
      const { store } = await make();
      const requests = requestsOf([10, 20, 30, 40], 3);
      const decisions = await store.consumeAll(requests, aCall());
      expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true, true, true]);
      expect(decisions.map(({ remaining }) => remaining)).toEqual([7, 17, 27, 37]);
      expect((await looksAt(store, requests)).map(({ remaining }) => remaining)).toEqual([7, 17, 27, 37]);
      const reversed = await store.consumeAll(renewed(requests).toReversed(), aCall());
      expect(reversed.map(({ remaining }) => remaining)).toEqual([34, 24, 14, 4]);
    });

    test.each([0, 1, 2, 3])(
      'takes nothing when request %i is denied, and says what each has',
      async (denied) => {
        const { store } = await make();
        const requests = requestsOf(
          [10, 20, 30, 40].map((limit, index) => (index === denied ? 4 : limit)),
          3,
        );
        await store.consumeAll(requests, aCall());
        const again = renewed(requests);
        const before = await looksAt(store, again);
        const decisions = await store.consumeAll(again, aCall());
        expect(decisions).toEqual(before);
        expect(decisions.map(({ allowed }) => allowed)).toEqual(
          [0, 1, 2, 3].map((index) => index !== denied),
        );
        expect(decisions[denied]?.retryAfterMs).toBeGreaterThan(0);
        expect(await looksAt(store, again)).toEqual(before);
      },
    );

    test('exactly as often as the smallest limit lets to 200 callers at once, with nothing lost', async () => {
      const { store, elsewhere, differences } = await make();
      const requests = requestsOf([60, 50, 70, 80]);
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          (index % 2 ? store : elsewhere).consumeAll(renewed(requests), aCall()),
        ),
      );
      const passed = answers.filter((each) => each.every(({ allowed }) => allowed)).length;
      expect(passed).toBeLessThanOrEqual(50);
      // Where units of several keys are taken one after another, some may be denied that came in between.
      if (differences.acrossKeys === 'atomic') expect(passed).toBe(50);
      const left = await looksAt(store, renewed(requests));
      expect(left.map(({ remaining }) => remaining)).toEqual([60, 50, 70, 80].map((limit) => limit - passed));
    });

    test('callers that name the counters in any order neither wait for each other for ever nor take too much', async () => {
      const { store, elsewhere } = await make();
      const requests = requestsOf([1_000, 1_000, 1_000, 1_000]);
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => {
          const turned = renewed(requests);
          const order = index % 2 ? turned : turned.toReversed();
          return (index % 3 ? store : elsewhere).consumeAll(order, aCall());
        }),
      );
      expect(answers.flat().every(({ allowed }) => allowed)).toBe(true);
      const left = await looksAt(store, renewed(requests));
      expect(left.map(({ remaining }) => remaining)).toEqual([900, 900, 900, 900]);
    });

    test('sent again under its permits it passes and takes nothing more', async () => {
      const { store } = await make();
      const requests = requestsOf([4, 4, 4, 4], 3).map((request) => ({ ...request, permitId: 'mine' }));
      await store.consumeAll(requests, aCall());
      const again = await store.consumeAll(requests, aCall());
      expect(again.map(({ allowed, remaining }) => ({ allowed, remaining }))).toEqual(
        Array(4).fill({ allowed: true, remaining: 1 }),
      );
    });

    test('a permit of a call that was denied is unknown', async () => {
      const { store } = await make();
      const requests = requestsOf([10, 10, 10, 2], 3).map((request) => ({ ...request, permitId: 'mine' }));
      await store.consumeAll(requests, aCall());
      for (const request of requests) await store.refund(request, aCall());
      expect((await looksAt(store, requests)).map(({ remaining }) => remaining)).toEqual([10, 10, 10, 2]);
      for (const request of requests.slice(0, 3))
        expect(await store.consume(request, aCall())).toMatchObject({ remaining: 7 });
    });

    test('a blocked counter denies all', async () => {
      const { store } = await make();
      const requests = requestsOf([10, 10, 10, 10]);
      await store.block(requests[1]?.key ?? '', requests[1]?.policy ?? aRequest().policy, 5_000, aCall());
      const decisions = await store.consumeAll(requests, aCall());
      expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false, true, true]);
      expect((await looksAt(store, requests)).map(({ remaining }) => remaining)).toEqual([10, 0, 10, 10]);
    });

    test('two requests of one counter are refused, whatever their limits, and take nothing', async () => {
      const { store } = await make();
      const requests = requestsOf([10, 10, 10, 10]);
      const [first = aRequest()] = requests;
      const twice = [...requests, { ...first, cost: 2, policy: { ...first.policy, limit: 99 } }];
      await expect(store.consumeAll(twice, aCall())).rejects.toBeInstanceOf(ValidationFailed);
      expect((await looksAt(store, requests)).map(({ remaining }) => remaining)).toEqual([10, 10, 10, 10]);
    });

    test('a call that was given up rejects with its reason and takes nothing', async () => {
      const { store } = await make();
      const requests = requestsOf([10, 10, 10, 10]);
      const gone = anAbortedCall();
      await expect(store.consumeAll(requests, gone)).rejects.toBe(gone.reason);
      expect((await looksAt(store, requests)).map(({ remaining }) => remaining)).toEqual([10, 10, 10, 10]);
    });
  });

  test('no requests: nothing is denied', async () => {
    const { store } = await make();
    expect(await store.consumeAll([], aCall())).toEqual([]);
  });

  test('one request is as by `consume`', async () => {
    const { store } = await make();
    const request = aRequest({ limit: 2 });
    expect(await store.consumeAll([request], aCall())).toMatchObject([{ allowed: true, remaining: 1 }]);
    expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, remaining: 0 });
    expect(await store.consumeAll([request], aCall())).toEqual([await store.consume(request, aCall())]);
  });

  test('two to five policies of one key under load: all of them count the same', async () => {
    const { store, runs } = await make();
    const policies = fc.uniqueArray(
      fc.record({
        algorithm: fc.constantFrom(...ALGORITHMS),
        windowMs: fc.constantFrom(...WINDOWS_MS),
        limit: fc.integer({ min: 1, max: 20 }),
      }),
      { minLength: 2, maxLength: 5, selector: ({ algorithm, windowMs }) => `${algorithm} ${windowMs}` },
    );
    await fc.assert(
      fc.asyncProperty(
        policies,
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 20 }),
        async (all, costs) => {
          const key = anId('key');
          const requestsOf = (cost: number) =>
            all.map((policy) => ({ key, policy, cost, permitId: anId('permit') }));
          const answers = await Promise.all(costs.map((cost) => store.consumeAll(requestsOf(cost), aCall())));
          const passed = costs.filter((_, index) => answers[index]?.every(({ allowed }) => allowed));
          const taken = passed.reduce((sum, cost) => sum + cost, 0);
          const left = await looksAt(store, requestsOf(1));
          expect(left.map(({ remaining }) => remaining)).toEqual(all.map(({ limit }) => limit - taken));
        },
      ),
      { numRuns: runs ?? RUNS },
    );
  });
}

/** The same requests of somebody else. */
function renewed(requests: readonly CounterRequest[]): readonly CounterRequest[] {
  return requests.map((request) => (request.permitId ? { ...request, permitId: anId('permit') } : request));
}

async function looksAt(
  store: CounterStore,
  requests: readonly CounterRequest[],
): Promise<readonly Decision[]> {
  return Promise.all(requests.map(({ permitId: _, ...request }) => store.peek(request, aCall())));
}
