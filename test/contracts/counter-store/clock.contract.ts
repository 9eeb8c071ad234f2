import { describe, expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterDifferences } from '../../../src/ports/differences.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aRequest, consumeUntilDenied } from './fixture.ts';

const HOUR_MS = 3_600_000;

type Clock = CounterDifferences['clock'];

/** Which call notices that the clock went back: what is answered before it may be of a time that stands still. */
const NOTICED_BY = { process: 'peek', store: 'consume', instances: 'consume' } as const satisfies Record<
  Clock,
  string
>;

/**
 * In how many windows all is there again. An instance can not tell its own clock that went back from another's that is ahead:
 * it may let one window pass before it takes its own for right.
 */
const WINDOWS_TO_WAIT = { process: 1, store: 1, instances: 2 } as const satisfies Record<Clock, number>;

/** A clock that is set back gives nothing twice and locks nobody out for longer than declared. */
export function clockContract(make: MakeCounters): void {
  describe.each(COUNTING_ALGORITHMS)('%s after the clock went back', (algorithm) => {
    const windowMs = algorithm === 'sliding-window' ? 66_000 : 60_000;

    test.each([1, 30_000, HOUR_MS])('by %i ms: what was taken still counts', async (backMs) => {
      const { store, clock } = await make();
      const request = aRequest({ algorithm, limit: 5 });
      await consumeUntilDenied(store, request, 6);
      clock.set(clock.now() - backMs);
      expect((await store.peek(request, aCall())).allowed).toBe(false);
      expect((await store.consume(request, aCall())).allowed).toBe(false);
    });

    test.each([1, 30_000, HOUR_MS])('by %i ms: all is there again in time', async (backMs) => {
      const { store, clock, differences } = await make();
      const request = aRequest({ algorithm, limit: 5 });
      await consumeUntilDenied(store, request, 6);
      clock.set(clock.now() - backMs);
      const { retryAfterMs, resetAfterMs } = await store[NOTICED_BY[differences.clock]](request, aCall());
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(resetAfterMs).toBeLessThanOrEqual(WINDOWS_TO_WAIT[differences.clock] * windowMs);
      clock.advance(retryAfterMs);
      expect((await store.peek(request, aCall())).allowed).toBe(true);
      clock.advance(resetAfterMs - retryAfterMs);
      expect(await consumeUntilDenied(store, request, 6)).toBe(5);
    });
  });
}
