import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Algorithm } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest } from '../../../src/ports/counter-store.ts';
import { aRequest, aShare } from '../../contracts/counter-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import { aFleet } from './fleet.ts';

const LEASED = ['fixed-window', 'sliding-window'] as const;

/** A play has one: room for the service's 10,000, made for each of thousands of instances, took most of the time. */
const MAX_COUNTERS = 10;

interface Admitted {
  readonly atMs: number;
  readonly cost: number;
}

function unitsOf(admitted: readonly Admitted[]): number {
  return admitted.reduce((sum, { cost }) => sum + cost, 0);
}

/** The most units of any window, or of any span of one. */
function mostOf({ algorithm, windowMs }: CounterRequest['policy'], admitted: readonly Admitted[]): number {
  const windowOf = (atMs: number) => Math.floor(atMs / windowMs);
  const spans = admitted.map(({ atMs: fromMs }) =>
    algorithm === 'fixed-window'
      ? admitted.filter(({ atMs }) => windowOf(atMs) === windowOf(fromMs))
      : admitted.filter(({ atMs }) => atMs >= fromMs && atMs <= fromMs + windowMs),
  );
  return Math.max(0, ...spans.map(unitsOf));
}

const aRound = fc.record({
  pause: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: aShare(0.2) },
    { weight: 1, arbitrary: aShare(2) },
  ),
  instance: fc.nat(8),
  checks: fc.integer({ min: 1, max: 12 }),
  cost: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 9 })),
});

const aPlay = fc.record({
  algorithm: fc.constantFrom(...LEASED),
  limit: fc.integer({ min: 10, max: 80 }),
  windowMs: fc.constantFrom(100, 500, 997, 1_900, 60_000),
  leaseMs: fc.constantFrom(20, 100, 1_000_000),
  rounds: fc.array(aRound, { minLength: 10, maxLength: 60 }),
});

describe('instances with leases', () => {
  test('never let more pass than the policy, and strand nothing', async () => {
    const totals = { checks: 0, hits: 0 };
    await fc.assert(
      fc.asyncProperty(aPlay, async ({ algorithm, limit, windowMs, leaseMs, rounds }) => {
        const { clock, bare, timers, instances } = aFleet(3, { leaseMs, maxCounters: MAX_COUNTERS });
        const request = aRequest({ algorithm, limit, windowMs });
        const admitted: Admitted[] = [];
        for (const { pause, instance, checks, cost } of rounds) {
          timers.pass(Math.round(pause * windowMs));
          // The first two are asked more often than the third.
          const store = instances[[0, 0, 0, 0, 0, 1, 1, 1, 2][instance] ?? 0] ?? bare;
          const asked = Array.from({ length: checks }, () => store.consume({ ...request, cost }, aCall()));
          const passed = (await Promise.all(asked)).filter(({ allowed }) => allowed);
          admitted.push(...passed.map(() => ({ atMs: clock.now(), cost })));
        }
        expect(mostOf(request.policy, admitted)).toBeLessThanOrEqual(limit);
        await Promise.all(instances.map((store) => store.close()));
        const { remaining, resetAfterMs } = await bare.peek(request, aCall());
        const counting = admitted.filter(({ atMs }) => countsStill(request.policy, atMs, clock.now()));
        expect({ remaining, isWhole: resetAfterMs === 0 }).toEqual({
          remaining: limit - unitsOf(counting),
          isWhole: counting.length === 0,
        });
        for (const store of instances) {
          totals.checks += store.stats().checks;
          totals.hits += store.stats().leaseHits;
        }
      }),
      { numRuns: 500 },
    );
    expect(totals.hits / totals.checks).toBeGreaterThan(0.1);
  });

  test.each(LEASED)(
    '%s: a lease that came before a boundary is not used after it, however late the answers',
    async (algorithm) => {
      let hits = 0;
      await fc.assert(
        fc.asyncProperty(lateSteps, aShare(1), async (steps, startMs) => {
          const { policy, admitted } = await playLate(algorithm, steps, startMs);
          expect(mostOf(policy, admitted)).toBeLessThanOrEqual(policy.limit);
          hits += admitted.filter(({ isLeased }) => isLeased).length;
        }),
        { numRuns: 300 },
      );
      expect(hits).toBeGreaterThan(500);
    },
  );

  test.each([
    ['fixed-window', 100],
    ['sliding-window', 10],
  ] as const)('%s: nor where clocks differ by a fraction of a millisecond', async (algorithm, partMs) => {
    const { clock, open } = aFleet(1, { leaseMs: 1_000_000, maxCounters: MAX_COUNTERS });
    const store = open();
    const request = aRequest({ algorithm, limit: 100, windowMs: 100 });
    clock.advance(0.9);
    for (let check = 0; check < 5; check += 1) await store.consume(request, aCall());
    expect(store.stats().leases).toBe(1);
    clock.advance(partMs - 0.5);
    expect((await store.consume(request, aCall())).decidedBy).toBeUndefined();
  });

  test('one that crashes takes no more with it than it had in hand', async () => {
    const { bare, timers, instances } = aFleet(2);
    const request = aRequest({ limit: 1_000 });
    const [crashed, survivor] = instances;
    let admitted = 0;
    for (let check = 0; check < 40; check += 1)
      if ((await crashed?.consume(request, aCall()))?.allowed) admitted += 1;
    const inHand = 1_000 - admitted - (await bare.peek(request, aCall())).remaining;
    expect(inHand).toBeGreaterThan(0);
    // It gives nothing back: of its timers none goes off.
    for (let check = 0; check < 2_000; check += 1) {
      if ((await survivor?.consume(request, aCall()))?.allowed) admitted += 1;
    }
    expect(admitted).toBe(1_000 - inHand);
    timers.pass(60_000);
    expect((await survivor?.consume(request, aCall()))?.allowed).toBe(true);
  });

  test('one that is denied passes as soon as what lies unused elsewhere is back', async () => {
    const { timers, instances, clock } = aFleet(2);
    const request = aRequest({ limit: 100 });
    const [idle, busy] = instances;
    for (let check = 0; check < 8; check += 1) await idle?.consume(request, aCall());
    const begunMs = clock.elapsedMs();
    expect(idle?.stats().leases).toBe(1);
    timers.pass(30);
    while ((await busy?.consume(request, aCall()))?.allowed);
    while (!(await busy?.consume(request, aCall()))?.allowed) timers.pass(1);
    expect(clock.elapsedMs() - begunMs).toBeLessThanOrEqual(100);
  });

  test('four of them need few calls for a hot counter', async () => {
    const { timers, instances } = aFleet(4, { minLimit: 100, hotChecks: 20 });
    const request = aRequest({ limit: 1_000_000 });
    for (let turn = 0; turn < 6_000; turn += 1) {
      // Of ten checks the first instance has four, the last one.
      const store = instances[[0, 0, 0, 0, 1, 1, 1, 2, 2, 3][turn % 10] ?? 0];
      expect((await store?.consume(request, aCall()))?.allowed).toBe(true);
      if (turn % 3 === 0) timers.pass(1);
    }
    const calls = instances.reduce((sum, store) => sum + store.stats().storeCalls, 0);
    expect(calls / 6_000).toBeLessThanOrEqual(0.05);
  });
});

/** Whether units that were taken at a moment count at another. */
function countsStill(
  { algorithm, windowMs }: CounterRequest['policy'],
  atMs: number,
  nowMs: number,
): boolean {
  if (algorithm === 'fixed-window') return Math.floor(atMs / windowMs) === Math.floor(nowMs / windowMs);
  const part = Math.floor((atMs * 10) / windowMs);
  return nowMs < Math.ceil(((part + 11) * windowMs) / 10);
}

const lateSteps = fc.array(
  fc.record({
    pause: aShare(4),
    there: aShare(8),
    back: aShare(8),
    checks: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: 30, maxLength: 60 },
);

/** Checks of one counter of a store that answers late. Who asked it is admitted when it says so, others when they have their answer. */
async function playLate(
  algorithm: Algorithm,
  steps: typeof lateSteps extends fc.Arbitrary<infer Value> ? Value : never,
  startMs: number,
) {
  const { clock, bare, open } = aFleet(1, { leaseMs: 1_000_000, maxCounters: MAX_COUNTERS });
  clock.advance(startMs);
  let delay = { there: 0, back: 0 };
  let decidedAtMs = 0;
  const late = async <Answer>(ask: () => Promise<Answer>) => {
    clock.advance(delay.there);
    const answer = await ask();
    decidedAtMs = Math.floor(clock.now());
    clock.advance(delay.back);
    return answer;
  };
  const store = open({
    ...bare,
    consume: (request, call) => late(() => bare.consume(request, call)),
    consumeUpTo: (request, least, call) => late(() => bare.consumeUpTo(request, least, call)),
  });
  const request = aRequest({ algorithm, limit: 40, windowMs: 100 });
  const admitted: (Admitted & { readonly isLeased: boolean })[] = [];
  for (const { pause, checks, there, back } of steps) {
    clock.advance(pause);
    delay = { there, back };
    for (let check = 0; check < checks; check += 1) {
      const { allowed, decidedBy, resetAfterMs } = await store.consume(request, aCall());
      const isLeased = decidedBy === 'lease';
      if (isLeased)
        expect(resetAfterMs).toBeGreaterThanOrEqual((await bare.peek(request, aCall())).resetAfterMs);
      if (allowed)
        admitted.push({ atMs: isLeased ? Math.floor(clock.now()) : decidedAtMs, cost: 1, isLeased });
    }
  }
  return { policy: request.policy, admitted };
}
