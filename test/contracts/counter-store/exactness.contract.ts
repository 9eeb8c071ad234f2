import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { MakeCounters } from './fixture.ts';
import { aHistory, aRequest, DAY_MS, play, RUNS, WINDOWS_MS } from './fixture.ts';

/** What a decision says of now and of the time to come is exact to the unit and to the millisecond. */
export function exactnessContract(make: MakeCounters): void {
  test('`remaining` passes, and one more does not', async () => {
    const fixture = await make();
    await fc.assert(
      fc.asyncProperty(aHistory(), async (history) => {
        const { policy } = history;
        const key = anId('key');
        await play(fixture, history, key);
        const { remaining } = await fixture.store.peek({ key, policy, cost: 1 }, aCall());
        const more = await fixture.store.consume({ key, policy, cost: remaining + 1 }, aCall());
        expect(more.allowed).toBe(false);
        if (remaining === 0) return;
        const all = await fixture.store.consume({ key, policy, cost: remaining }, aCall());
        expect(all).toMatchObject({ allowed: true, remaining: 0 });
      }),
      { numRuns: fixture.runs ?? RUNS },
    );
  });

  test('the same request passes after `retryAfterMs`, and not a millisecond before', async () => {
    const fixture = await make();
    const { store, clock } = fixture;
    await fc.assert(
      fc.asyncProperty(aHistory(), fc.integer({ min: 1, max: 30 }), async (history, wanted) => {
        const key = anId('key');
        await play(fixture, history, key);
        const { policy } = history;
        const request = { key, policy, cost: Math.min(wanted, policy.limit) };
        const { allowed, retryAfterMs } = await store.peek(request, aCall());
        expect(retryAfterMs > 0).toBe(!allowed);
        if (allowed) return;
        clock.advance(retryAfterMs - 1);
        expect(await store.consume(request, aCall())).toMatchObject({ allowed: false, retryAfterMs: 1 });
        clock.advance(1);
        expect((await store.consume(request, aCall())).allowed).toBe(true);
      }),
      { numRuns: fixture.runs ?? RUNS },
    );
  });

  test('the whole limit is there after `resetAfterMs`, and not a millisecond before', async () => {
    const fixture = await make();
    const { store, clock } = fixture;
    await fc.assert(
      fc.asyncProperty(aHistory(), async (history) => {
        const key = anId('key');
        await play(fixture, history, key);
        const { policy } = history;
        const whole = { key, policy, cost: policy.limit };
        const { remaining, resetAfterMs } = await store.peek(whole, aCall());
        expect(resetAfterMs > 0).toBe(remaining < policy.limit);
        if (resetAfterMs === 0) return;
        clock.advance(resetAfterMs - 1);
        expect((await store.consume(whole, aCall())).allowed).toBe(false);
        clock.advance(1);
        expect((await store.consume(whole, aCall())).allowed).toBe(true);
      }),
      { numRuns: fixture.runs ?? RUNS },
    );
  });

  describe.each(COUNTING_ALGORITHMS)('%s', (algorithm) => {
    test.each(WINDOWS_MS)('a window of %i ms ends when it should', async (windowMs) => {
      const { store, clock } = await make();
      clock.set(Math.ceil(clock.now() / windowMs) * windowMs);
      const request = aRequest({ algorithm, windowMs, limit: 5, cost: 5 });
      const { allowed, resetAfterMs } = await store.consume(request, aCall());
      expect(allowed).toBe(true);
      const longest = algorithm === 'sliding-window' ? Math.ceil((11 * windowMs) / 10) : windowMs;
      expect(resetAfterMs).toBe(longest);
      clock.advance(resetAfterMs - 1);
      expect((await store.consume(request, aCall())).allowed).toBe(false);
      clock.advance(1);
      expect((await store.consume(request, aCall())).allowed).toBe(true);
    });
  });

  test('fixed-window: windows begin at the epoch', async () => {
    const { store, clock } = await make();
    clock.set(Math.ceil(clock.now() / DAY_MS) * DAY_MS + 59_999);
    const request = aRequest({ limit: 1 });
    expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, resetAfterMs: 1 });
    clock.advance(1);
    expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, resetAfterMs: 60_000 });
  });

  test.each([
    { limit: 3, windowMs: 1000 },
    { limit: 7, windowMs: 101 },
    { limit: 999_999_937, windowMs: 31 * DAY_MS },
    { limit: 1_000_000_000, windowMs: 100 },
  ])('token-bucket: $limit in $windowMs ms does not drift in 1,000 refills', async ({ limit, windowMs }) => {
    const { store, clock } = await make();
    const request = aRequest({ algorithm: 'token-bucket', limit, windowMs });
    const startMs = clock.now();
    let taken = 0;
    for (let round = 0; round < 1000; round += 1) {
      const refillsMs = BigInt(clock.now() - startMs);
      const exact = limit + Number((refillsMs * BigInt(limit)) / BigInt(windowMs)) - taken;
      // What the exact bucket has, and not one unit more.
      const decision = await store.consume({ ...request, cost: Math.max(1, exact) }, aCall());
      expect(decision).toMatchObject({ allowed: exact > 0, remaining: 0 });
      taken += exact;
      clock.advance(Math.ceil(windowMs / 13));
    }
  });
}
