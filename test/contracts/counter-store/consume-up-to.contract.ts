import { describe, expect, test } from 'vitest';
import { ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { anId } from '../../support/builders.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest } from './fixture.ts';

/** `consumeUpTo`: as much as there is, at least so much, or nothing. */
export function consumeUpToContract(make: MakeCounters): void {
  describe.each(ALGORITHMS)('%s', (algorithm) => {
    const asking = (key: string, cost: number, limit = 10) =>
      aRequest({ algorithm, key, cost, limit, permitId: anId('permit') });

    test('takes what is there, and nothing when that is less than `least`', async () => {
      const { store } = await make();
      const key = anId('key');
      expect(await store.consumeUpTo(asking(key, 7), 3, aCall())).toMatchObject({
        taken: 7,
        decision: { allowed: true, remaining: 3, retryAfterMs: 0 },
      });
      const before = await store.peek(asking(key, 4), aCall());
      expect(await store.consumeUpTo(asking(key, 7), 4, aCall())).toEqual({ taken: 0, decision: before });
      expect(before).toMatchObject({ allowed: false, remaining: 3 });
      expect(await store.consumeUpTo(asking(key, 7), 3, aCall())).toMatchObject({
        taken: 3,
        decision: { allowed: true, remaining: 0 },
      });
      expect(await store.consumeUpTo(asking(key, 7), 1, aCall())).toMatchObject({ taken: 0 });
    });

    test('a cost over the limit takes the whole limit', async () => {
      const { store } = await make();
      const { taken, decision } = await store.consumeUpTo(asking(anId('key'), 1_000), 1, aCall());
      expect(taken).toBe(10);
      expect(decision).toMatchObject({ allowed: true, remaining: 0 });
    });

    test('`least` over the limit is denied for ever', async () => {
      const { store } = await make();
      const key = anId('key');
      expect(await store.consumeUpTo(asking(key, 1_000), 11, aCall())).toEqual({
        taken: 0,
        decision: {
          allowed: false,
          remaining: 10,
          retryAfterMs: Number.POSITIVE_INFINITY,
          resetAfterMs: 0,
        },
      });
    });

    test('the wait is until `least` is there', async () => {
      const { store, clock } = await make();
      const key = anId('key');
      await store.consumeUpTo(asking(key, 10), 1, aCall());
      const { decision } = await store.consumeUpTo(asking(key, 10), 4, aCall());
      clock.advance(decision.retryAfterMs - 1);
      expect(await store.consumeUpTo(asking(key, 10), 4, aCall())).toMatchObject({ taken: 0 });
      clock.advance(1);
      const { taken } = await store.consumeUpTo(asking(key, 10), 4, aCall());
      expect(taken).toBeGreaterThanOrEqual(4);
    });

    test('200 callers at once take the limit together', async () => {
      const { store, elsewhere } = await make();
      const key = anId('key');
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          (index % 2 ? store : elsewhere).consumeUpTo(asking(key, 1 + (index % 7), 97), 1, aCall()),
        ),
      );
      expect(answers.reduce((sum, { taken }) => sum + taken, 0)).toBe(97);
      expect(answers.every(({ taken, decision }) => decision.allowed === taken > 0)).toBe(true);
    });

    test('sent again under its permit it answers what that has, and takes nothing more', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 8, permitId: 'mine' });
      await store.consumeUpTo({ ...request, cost: 6, permitId: 'other' }, 1, aCall());
      await store.consumeUpTo(request, 1, aCall());
      for (const cost of [1, 8, 100]) {
        expect(await store.consumeUpTo({ ...request, cost }, 1, aCall())).toMatchObject({
          taken: 4,
          decision: { allowed: true, remaining: 0 },
        });
      }
    });

    test('what was not used is given back by its permit', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 8, permitId: 'mine' });
      await store.consumeUpTo(request, 1, aCall());
      await store.refund({ ...request, cost: 8 }, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10, resetAfterMs: 0 });
    });

    test('a call that was given up rejects with its reason and takes nothing', async () => {
      const { store } = await make();
      const request = asking(anId('key'), 8);
      const gone = anAbortedCall();
      await expect(store.consumeUpTo(request, 1, gone)).rejects.toBe(gone.reason);
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10 });
    });
  });
}
