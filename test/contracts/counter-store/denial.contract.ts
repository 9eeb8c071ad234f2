import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { anId } from '../../support/builders.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aHistory, aRequest, consumeUntilDenied, play, RUNS } from './fixture.ts';

/** What a denial, a look and a call that nobody waits for take: nothing. */
export function denialContract(make: MakeCounters): void {
  describe.each(COUNTING_ALGORITHMS)('%s', (algorithm) => {
    test('a denied cost leaves room for a smaller one', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 10 });
      await store.consume({ ...request, cost: 8 }, aCall());
      expect(await store.consume({ ...request, cost: 5 }, aCall())).toMatchObject({
        allowed: false,
        remaining: 2,
      });
      expect(await store.consume({ ...request, cost: 2 }, aCall())).toMatchObject({
        allowed: true,
        remaining: 0,
      });
    });

    test('a cost over the limit is denied for ever and takes nothing', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 10, cost: 11 });
      const never = {
        allowed: false,
        remaining: 10,
        retryAfterMs: Number.POSITIVE_INFINITY,
        resetAfterMs: 0,
      };
      expect(await store.consume(request, aCall())).toEqual(never);
      expect(await store.peek(request, aCall())).toEqual(never);
      expect(await consumeUntilDenied(store, { ...request, cost: 1 }, 11)).toBe(10);
    });

    test('a look at a key that was never used finds the whole limit', async () => {
      const { store } = await make();
      expect(await store.peek(aRequest({ algorithm, limit: 10 }), aCall())).toEqual({
        allowed: true,
        remaining: 10,
        retryAfterMs: 0,
        resetAfterMs: 0,
      });
    });

    test('many looks at once change nothing', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 10 });
      await store.consume({ ...request, cost: 4 }, aCall());
      const looks = await Promise.all(Array.from({ length: 100 }, () => store.peek(request, aCall())));
      expect(new Set(looks.map(({ remaining }) => remaining))).toEqual(new Set([6]));
      expect(await consumeUntilDenied(store, request, 11)).toBe(6);
    });

    test('a call that was given up rejects with its reason and takes nothing', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm });
      await store.consume(request, aCall());
      const gone = anAbortedCall();
      await expect(store.consume(request, gone)).rejects.toBe(gone.reason);
      await expect(store.peek(request, gone)).rejects.toBe(gone.reason);
      await expect(store.reset(request.key, gone)).rejects.toBe(gone.reason);
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 9 });
    });
  });

  test('at any moment a denial leaves every look as it was, and a look foresees the decision', async () => {
    const fixture = await make();
    const { store } = fixture;
    await fc.assert(
      fc.asyncProperty(aHistory(), fc.integer({ min: 1, max: 31 }), async (history, cost) => {
        const key = anId('key');
        await play(fixture, history, key);
        const request = { key, policy: history.policy, cost };
        const before = await store.peek(request, aCall());
        const decision = await store.consume(request, aCall());
        expect(decision.allowed).toBe(before.allowed);
        expect(decision.retryAfterMs).toBe(before.retryAfterMs);
        expect(decision.remaining).toBe(before.remaining - (decision.allowed ? cost : 0));
        if (!decision.allowed) expect(await store.peek(request, aCall())).toEqual(before);
      }),
      { numRuns: fixture.runs ?? RUNS },
    );
  });
}
