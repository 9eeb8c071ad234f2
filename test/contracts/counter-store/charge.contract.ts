import { describe, expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest, consumeUntilDenied } from './fixture.ts';

/** `chargeDenied`: a denied request takes what is there, so that guessing on costs all of it. */
export function chargeContract(make: MakeCounters): void {
  describe.each(COUNTING_ALGORITHMS)('%s', (algorithm) => {
    test('a charged denial fills the counter to its limit and no further', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 10, cost: 8, chargeDenied: true });
      await store.consume(request, aCall());
      expect(await store.consume(request, aCall())).toMatchObject({ allowed: false, remaining: 0 });
      const filled = await store.peek({ ...request, cost: 1 }, aCall());
      expect(filled).toMatchObject({ allowed: false, remaining: 0 });
      await store.consume(request, aCall());
      expect(await store.peek({ ...request, cost: 1 }, aCall())).toEqual(filled);
    });

    test('its decision is as of after the charge', async () => {
      const { store, clock } = await make();
      const request = aRequest({ algorithm, limit: 10, cost: 6, chargeDenied: true });
      await store.consume(request, aCall());
      clock.advance(1_000);
      const { retryAfterMs } = await store.consume(request, aCall());
      clock.advance(retryAfterMs - 1);
      expect((await store.peek(request, aCall())).allowed).toBe(false);
      clock.advance(1);
      expect((await store.peek(request, aCall())).allowed).toBe(true);
    });

    test('a cost over the limit is charged too', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 5, cost: 6, chargeDenied: true });
      expect(await store.consume(request, aCall())).toMatchObject({
        allowed: false,
        remaining: 0,
        retryAfterMs: Number.POSITIVE_INFINITY,
      });
      expect(await consumeUntilDenied(store, { ...request, cost: 1 }, 6)).toBe(0);
    });

    test('the wait does not grow with more charged denials', async () => {
      const { store, clock } = await make();
      const request = aRequest({ algorithm, limit: 4, chargeDenied: true });
      await consumeUntilDenied(store, request, 5);
      const { resetAfterMs } = await store.peek(request, aCall());
      await Promise.all(Array.from({ length: 50 }, () => store.consume(request, aCall())));
      expect(await store.peek(request, aCall())).toMatchObject({ resetAfterMs });
      clock.advance(resetAfterMs);
      expect(await store.peek(request, aCall())).toMatchObject({ allowed: true, remaining: 4 });
    });

    test('what a charge took has no permit', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 5, cost: 6, chargeDenied: true, permitId: 'guess' });
      await store.consume(request, aCall());
      await store.refund(request, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 0 });
    });

    test('a look, `consumeAll` and `consumeUpTo` charge nothing', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 5, cost: 6, chargeDenied: true });
      await store.peek(request, aCall());
      await store.consumeAll([request], aCall());
      await store.consumeUpTo(request, 6, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 5, resetAfterMs: 0 });
    });
  });
}
