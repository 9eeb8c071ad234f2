import { describe, expect, test } from 'vitest';
import { ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { anId } from '../../support/builders.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest, DAY_MS } from './fixture.ts';

const FOR_EVER = Number.POSITIVE_INFINITY;

/** A counter that is blocked denies everybody until it ends. */
export function blockContract(make: MakeCounters): void {
  describe.each(ALGORITHMS)('%s', (algorithm) => {
    const aPermitted = (overrides: Partial<{ cost: number; permitId: string; windowMs: number }> = {}) =>
      aRequest({ algorithm, permitId: 'mine', ...overrides });

    test('denies to the millisecond, on every instance', async () => {
      const { store, elsewhere, clock } = await make();
      const request = aPermitted();
      await store.block(request.key, request.policy, 5_000, aCall());
      const denial = { allowed: false, remaining: 0, retryAfterMs: 5_000, resetAfterMs: 5_000 };
      for (const each of [store, elsewhere]) {
        expect(await each.peek(request, aCall())).toEqual(denial);
        expect(await each.consume(request, aCall())).toEqual(denial);
      }
      clock.advance(4_999);
      expect(await elsewhere.consume(request, aCall())).toMatchObject({ allowed: false, retryAfterMs: 1 });
      clock.advance(1);
      expect(await elsewhere.consume(request, aCall())).toMatchObject({ allowed: true, remaining: 9 });
    });

    test('for ever: no time, no call and no limit ends it but a reset', async () => {
      const { store, clock } = await make();
      const request = aPermitted({ windowMs: 500 });
      await store.block(request.key, request.policy, FOR_EVER, aCall());
      await store.block(request.key, request.policy, 1, aCall());
      for (let day = 0; day < 5; day += 1) {
        clock.advance(31 * DAY_MS);
        const raised = { ...request, policy: { ...request.policy, limit: 1_000 } };
        await store.consume(aRequest({ key: request.key, windowMs: 777 }), aCall());
        expect(await store.consume(raised, aCall())).toEqual({
          allowed: false,
          remaining: 0,
          retryAfterMs: FOR_EVER,
          resetAfterMs: FOR_EVER,
        });
      }
      await store.reset(request.key, aCall());
      expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, remaining: 9 });
    });

    test('is never made shorter, and can be made longer', async () => {
      const { store } = await make();
      const { key, policy, ...rest } = aPermitted();
      for (const [forMs, leftMs] of [
        [10_000, 10_000],
        [1_000, 10_000],
        [20_000, 20_000],
      ] as const) {
        await store.block(key, policy, forMs, aCall());
        expect(await store.peek({ key, policy, ...rest }, aCall())).toMatchObject({ retryAfterMs: leftMs });
      }
    });

    test('denies those whose permit is known too, and takes nothing from anybody', async () => {
      const { store, clock } = await make();
      const request = aPermitted({ cost: 3 });
      await store.consume(request, aCall());
      await store.block(request.key, request.policy, 100, aCall());
      const charged = { ...request, cost: 100, chargeDenied: true, permitId: 'other' };
      expect((await store.consume(request, aCall())).allowed).toBe(false);
      expect((await store.consume(charged, aCall())).allowed).toBe(false);
      expect(await store.consumeUpTo(request, 1, aCall())).toMatchObject({ taken: 0 });
      expect(await store.consumeAll([request], aCall())).toMatchObject([{ allowed: false }]);
      clock.advance(100);
      expect(await store.peek({ ...request, permitId: 'other' }, aCall())).toMatchObject({ remaining: 7 });
    });

    test('the wait is longer if the units are not there when it ends', async () => {
      const { store, clock } = await make();
      const request = aPermitted({ cost: 10 });
      await store.consume(request, aCall());
      const other = { ...request, permitId: 'other' };
      const { retryAfterMs } = await store.peek(other, aCall());
      await store.block(request.key, request.policy, 10, aCall());
      expect(await store.peek(other, aCall())).toMatchObject({ allowed: false, retryAfterMs });
      clock.advance(retryAfterMs);
      expect((await store.consume(other, aCall())).allowed).toBe(true);
    });

    test('units come back meanwhile, by themselves and by refunds', async () => {
      const { store, clock } = await make();
      const request = aPermitted({ cost: 6 });
      await store.consume(request, aCall());
      await store.block(request.key, request.policy, 10, aCall());
      await store.refund(request, aCall());
      clock.advance(10);
      expect(await store.consume({ ...request, cost: 10 }, aCall())).toMatchObject({ allowed: true });
    });

    test('leaves other keys, algorithms and windows alone', async () => {
      const { store } = await make();
      const request = aPermitted();
      const { key, policy } = request;
      await store.block(key, policy, FOR_EVER, aCall());
      const others = [
        { ...request, key: `${key}x` },
        { ...request, policy: { ...policy, windowMs: policy.windowMs + 1 } },
        ...ALGORITHMS.filter((each) => each !== algorithm).map((each) => ({
          ...request,
          policy: { ...policy, algorithm: each },
        })),
      ];
      for (const other of others) expect((await store.consume(other, aCall())).allowed).toBe(true);
    });

    test('a call that was given up rejects with its reason and blocks nobody', async () => {
      const { store } = await make();
      const request = aPermitted({ permitId: anId('permit') });
      const gone = anAbortedCall();
      await expect(store.block(request.key, request.policy, 1_000, gone)).rejects.toBe(gone.reason);
      expect((await store.peek(request, aCall())).allowed).toBe(true);
    });
  });
}
