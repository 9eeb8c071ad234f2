import { describe, expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { aCall } from '../../support/call.ts';
import { aRequest, consumeUntilDenied, DAY_MS } from './fixture.ts';

/** Of the server's machine, which is this one in tests. */
const SKEW_MS = 5_000;

/** For a store that measures by its server's clock, which nothing drives here. */
export function ownClockContract(make: () => CounterStore): void {
  describe("with the server's clock", () => {
    test.each(COUNTING_ALGORITHMS)('%s: exactly the limit passes', async (algorithm) => {
      const request = aRequest({ algorithm, limit: 3, windowMs: 31 * DAY_MS });
      expect(await consumeUntilDenied(make(), request, 4)).toBe(3);
      const { allowed, remaining } = await make().peek(request, aCall());
      expect({ allowed, remaining }).toEqual({ allowed: false, remaining: 0 });
    });

    test('a fixed window ends at a multiple of its length since the epoch', async () => {
      const windowMs = 31 * DAY_MS;
      const { resetAfterMs } = await make().consume(aRequest({ windowMs }), aCall());
      const fromBoundaryMs = (Date.now() + resetAfterMs) % windowMs;
      expect(Math.min(fromBoundaryMs, windowMs - fromBoundaryMs)).toBeLessThan(SKEW_MS);
    });

    test('a bucket gives no more than its refill, however many come at once', async () => {
      const store = make();
      const request = aRequest({ algorithm: 'token-bucket', limit: 100, windowMs: 1000 });
      const beganMs = performance.now();
      const decisions = await Promise.all(Array.from({ length: 500 }, () => store.consume(request, aCall())));
      const tookMs = Math.ceil(performance.now() - beganMs) + 1;
      const admitted = decisions.filter(({ allowed }) => allowed).length;
      expect(admitted).toBeGreaterThanOrEqual(100);
      expect(admitted).toBeLessThanOrEqual(100 + (tookMs * 100) / 1000);
    });
  });
}
