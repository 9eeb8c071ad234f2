import { describe, expect, test } from 'vitest';
import { ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest, consumeUntilDenied } from './fixture.ts';

const HOUR_MS = 3_600_000;

/** A clock that is set back gives nothing twice and locks nobody out for longer than one full window. */
export function clockContract(make: MakeCounters): void {
  describe.each(ALGORITHMS)('%s after the clock went back', (algorithm) => {
    const longestMs = algorithm === 'sliding-window' ? 66_000 : 60_000;

    test.each([1, 30_000, HOUR_MS])('by %i ms: what was taken still counts', async (backMs) => {
      const { store, clock } = await make();
      const request = aRequest({ algorithm, limit: 5 });
      await consumeUntilDenied(store, request, 6);
      clock.set(clock.now() - backMs);
      expect((await store.consume(request, aCall())).allowed).toBe(false);
    });

    test.each([1, 30_000, HOUR_MS])('by %i ms: all is there again within one window', async (backMs) => {
      const { store, clock } = await make();
      const request = aRequest({ algorithm, limit: 5 });
      await consumeUntilDenied(store, request, 6);
      clock.set(clock.now() - backMs);
      const { retryAfterMs, resetAfterMs } = await store.peek(request, aCall());
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(resetAfterMs).toBeLessThanOrEqual(longestMs);
      clock.advance(retryAfterMs);
      expect((await store.peek(request, aCall())).allowed).toBe(true);
      clock.advance(resetAfterMs - retryAfterMs);
      expect(await consumeUntilDenied(store, request, 6)).toBe(5);
    });
  });
}
