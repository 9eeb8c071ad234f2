import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CountingAlgorithm } from '../../../src/domain/limits/policy.ts';
import { ALGORITHMS, COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { anId } from '../../support/builders.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { CounterFixture, MakeCounters } from './fixture.ts';
import { aRequest, aShare, RUNS, WINDOWS_MS } from './fixture.ts';

/** Units that are given back are there again, once, and never more than were taken. */
export function refundContract(make: MakeCounters): void {
  describe.each(ALGORITHMS)('%s', (algorithm) => {
    test('gives back by permit, whatever the order', async () => {
      const { store } = await make();
      const key = anId('key');
      const requests = ['a', 'b', 'c', 'd'].map((permitId) =>
        aRequest({ algorithm, key, cost: 2, permitId }),
      );
      for (const order of [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [1, 3, 0, 2],
      ]) {
        for (const request of requests) await store.consume(request, aCall());
        for (const [given, index] of order.entries()) {
          await store.refund(requests[index] ?? aRequest(), aCall());
          expect(await store.peek(aRequest({ algorithm, key }), aCall())).toMatchObject({
            remaining: 4 + 2 * given,
          });
        }
      }
    });

    test('is as if the units had never been taken', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 4, permitId: 'mine' });
      await store.consume(request, aCall());
      await store.refund(request, aCall());
      const look = await store.peek(request, aCall());
      expect(look).toEqual({ allowed: true, remaining: 10, retryAfterMs: 0, resetAfterMs: 0 });
    });

    test('a permit gives back once, also to 100 callers at once', async () => {
      const { store, elsewhere } = await make();
      const request = aRequest({ algorithm, cost: 3, permitId: 'mine' });
      await store.consume({ ...request, permitId: 'other', cost: 7 }, aCall());
      await store.consume(request, aCall());
      await Promise.all(
        Array.from({ length: 100 }, (_, index) => (index % 2 ? store : elsewhere).refund(request, aCall())),
      );
      await store.refund(request, aCall());
      expect(await elsewhere.peek({ ...request, cost: 1 }, aCall())).toMatchObject({ remaining: 3 });
    });

    test('a permit that is unknown gives nothing', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 3, permitId: 'mine' });
      await store.refund(request, aCall());
      await store.consume(request, aCall());
      await store.refund({ ...request, permitId: 'other' }, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 7 });
    });

    test('a permit gives no more than it took', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 3, permitId: 'mine' });
      await store.consume({ ...request, permitId: 'other', cost: 7 }, aCall());
      await store.consume(request, aCall());
      await store.refund({ ...request, cost: 10 }, aCall());
      expect(await store.peek({ ...request, cost: 1 }, aCall())).toMatchObject({ remaining: 3 });
    });

    test('may be taken again under the same permit', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 3, permitId: 'mine' });
      for (let round = 0; round < 3; round += 1) {
        expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, remaining: 7 });
        await store.refund(request, aCall());
      }
    });

    test('of a counter that is not there does nothing', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, permitId: 'mine' });
      const { permitId: _, ...without } = request;
      await store.refund(request, aCall());
      await store.refund(without, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10, resetAfterMs: 0 });
    });

    test('a call that was given up rejects with its reason and gives nothing', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 3, permitId: 'mine' });
      await store.consume(request, aCall());
      const gone = anAbortedCall();
      await expect(store.refund(request, gone)).rejects.toBe(gone.reason);
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 7 });
    });
  });

  describe.each(COUNTING_ALGORITHMS)('%s', (algorithm) => {
    test('a part: the rest stays taken, and the permit is used up', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 6, permitId: 'mine' });
      await store.consume(request, aCall());
      await store.refund({ ...request, cost: 2 }, aCall());
      await store.refund({ ...request, cost: 4 }, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 6 });
    });

    test('without a permit: the units are there again, and never more than the limit', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, cost: 6 });
      await store.consume(request, aCall());
      await store.refund({ ...request, cost: 2 }, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 6 });
      await store.refund({ ...request, cost: 1_000_000_000 }, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10, resetAfterMs: 0 });
      await store.consume({ ...request, cost: 10 }, aCall());
      expect(await store.peek({ ...request, cost: 1 }, aCall())).toMatchObject({ remaining: 0 });
    });

    test.each(WINDOWS_MS)('after a window of %i ms gives nothing', async (windowMs) => {
      const { store, clock } = await make();
      const request = aRequest({ algorithm, windowMs, cost: 6, permitId: 'mine' });
      clock.set(Math.ceil(clock.now() / windowMs) * windowMs);
      await store.consume(request, aCall());
      clock.advance(algorithm === 'sliding-window' ? Math.ceil(windowMs * 1.1) : windowMs);
      await store.consume({ ...request, permitId: 'other' }, aCall());
      await store.refund(request, aCall());
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 4 });
    });

    test('what was admitted and not given back keeps the policy, at any moment', async () => {
      const fixture = await make();
      await fc.assert(
        fc.asyncProperty(aPolicy, steps, async (policy, all) => {
          const kept = await play(fixture, aRequest({ algorithm, ...policy }), all);
          expect(kept.every((each) => keepsPolicy(algorithm, policy, kept, each))).toBe(true);
        }),
        { numRuns: fixture.runs ?? RUNS },
      );
    });
  });

  test('sliding-window: units go back to the sub-window they came from', async () => {
    const { store, clock } = await make();
    clock.set(Math.ceil(clock.now() / 1_000) * 1_000);
    const request = aRequest({ algorithm: 'sliding-window', windowMs: 1_000, cost: 5 });
    await store.consume({ ...request, permitId: 'first' }, aCall());
    clock.advance(500);
    await store.consume({ ...request, permitId: 'second' }, aCall());
    await store.refund({ ...request, permitId: 'first' }, aCall());
    expect(await store.peek({ ...request, cost: 6 }, aCall())).toMatchObject({ retryAfterMs: 1_100 });
    await store.consume({ ...request, permitId: 'third' }, aCall());
    await store.refund({ ...request, permitId: 'second' }, aCall());
    expect(await store.peek({ ...request, cost: 6 }, aCall())).toMatchObject({ retryAfterMs: 1_100 });
  });

  test('sliding-window: without a permit the latest go back first', async () => {
    const { store, clock } = await make();
    clock.set(Math.ceil(clock.now() / 1_000) * 1_000);
    const request = aRequest({ algorithm: 'sliding-window', windowMs: 1_000, cost: 5 });
    await store.consume(request, aCall());
    clock.advance(500);
    await store.consume(request, aCall());
    await store.refund({ ...request, cost: 7 }, aCall());
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 7, resetAfterMs: 600 });
  });

  test('token-bucket: what has come back by itself does not come twice', async () => {
    const { store, clock } = await make();
    const request = aRequest({ algorithm: 'token-bucket', windowMs: 1_000, cost: 10, permitId: 'mine' });
    await store.consume(request, aCall());
    clock.advance(500);
    await store.consume({ ...request, cost: 5, permitId: 'other' }, aCall());
    await store.refund(request, aCall());
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 5 });
  });

  test('token-bucket: units that still wait behind earlier ones come back whole', async () => {
    const { store, clock } = await make();
    const request = aRequest({ algorithm: 'token-bucket', windowMs: 1_000, cost: 5 });
    await store.consume(request, aCall());
    await store.consume({ ...request, permitId: 'mine' }, aCall());
    clock.advance(500);
    await store.refund({ ...request, permitId: 'mine' }, aCall());
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10, resetAfterMs: 0 });
  });
}

interface Kept {
  readonly atMs: number;
  readonly units: number;
}

interface SmallPolicy {
  readonly limit: number;
  readonly windowMs: number;
}

const aPolicy: fc.Arbitrary<SmallPolicy> = fc.record({
  limit: fc.integer({ min: 1, max: 20 }),
  windowMs: fc.constantFrom(...WINDOWS_MS),
});

const steps = fc.array(
  fc.record({
    pause: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: aShare(0.4) }),
    cost: aShare(1),
    /** Which of those that passed before is given back, and how much of it. */
    back: fc.option(fc.nat(60), { nil: undefined }),
    share: aShare(1),
  }),
  { maxLength: 60 },
);

/** Takes with permits, and gives back parts of some; answers what was kept of each. */
async function play(
  { store, clock }: CounterFixture,
  request: ReturnType<typeof aRequest<CountingAlgorithm>>,
  all: typeof steps extends fc.Arbitrary<infer Value> ? Value : never,
): Promise<readonly Kept[]> {
  const { limit, windowMs } = request.policy;
  const kept: { atMs: number; units: number; permitId: string; isUsedUp: boolean }[] = [];
  for (const [index, { pause, cost, back, share }] of all.entries()) {
    clock.advance(Math.round(pause * windowMs));
    const permit = back === undefined ? undefined : kept[back % Math.max(1, kept.length)];
    if (permit && !permit.isUsedUp) {
      const units = Math.max(1, Math.round(share * permit.units));
      await store.refund({ ...request, permitId: permit.permitId, cost: units }, aCall());
      permit.units -= units;
      permit.isUsedUp = true;
    }
    const units = Math.max(1, Math.round(cost * limit));
    const { allowed } = await store.consume({ ...request, cost: units, permitId: `${index}` }, aCall());
    if (allowed) kept.push({ atMs: clock.now(), units, permitId: `${index}`, isUsedUp: false });
  }
  return kept;
}

/** Whether no span that begins with this taking has more than the policy lets pass. */
function keepsPolicy(
  algorithm: CountingAlgorithm,
  { limit, windowMs }: SmallPolicy,
  kept: readonly Kept[],
  { atMs: fromMs }: Kept,
): boolean {
  const later = kept.filter(({ atMs }) => atMs >= fromMs);
  const until = (untilMs: number) =>
    later.filter(({ atMs }) => atMs <= untilMs).reduce((sum, { units }) => sum + units, 0);
  if (algorithm === 'sliding-window') return until(fromMs + windowMs) <= limit;
  if (algorithm === 'fixed-window') return until((Math.floor(fromMs / windowMs) + 1) * windowMs - 1) <= limit;
  return later.every(({ atMs }) => until(atMs) <= limit + Math.floor(((atMs - fromMs) * limit) / windowMs));
}
