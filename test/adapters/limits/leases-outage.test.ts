import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import type { Trouble } from './outage.ts';
import { anInstance, LOST, REFUSED } from './outage.ts';

const HOT = aRequest({ limit: 1_000, windowMs: 86_400_000 });

describe('an outage', () => {
  test('is told once, and the next one again', async () => {
    const { checks, pass, state, errors } = anInstance();
    const outage = async (trouble: Trouble) => {
      const requests = Array.from({ length: 5 }, () => aRequest({ limit: 1_000 }));
      for (const request of requests) await checks(request, 9);
      state.all = trouble;
      for (let round = 0; round < 30; round += 1) {
        for (const request of requests) await checks(request, 3);
        await pass(100);
      }
      state.all = 'none';
      await pass(1_000);
    };
    await outage('refused');
    expect(errors).toEqual([REFUSED]);
    await outage('lost');
    expect(errors).toEqual([REFUSED, LOST]);
  });

  test('takes one piece of a hot counter, which has no more leases before the store answers checks', async () => {
    const { checks, pass, state, inner, store } = anInstance();
    await checks(HOT, 2);
    state.all = 'lost';
    for (let ms = 0; ms < 1_000; ms += 10) {
      await checks(HOT, 5);
      await pass(10);
    }
    expect(inner.calls).toMatchObject({ consumeUpTo: 1, consume: 2 + 499 });
    state.all = 'none';
    await checks(HOT, 1);
    expect(inner.calls.consumeUpTo).toBe(1);
    await checks(HOT, 1);
    expect(inner.calls.consumeUpTo).toBe(2);
    expect(store.stats().leases).toBe(1);
  });

  test('leaves a counter without leases for as long as one lasts, however soon the store answers', async () => {
    const { checks, state, inner, clock } = anInstance();
    await checks(HOT, 2);
    state.all = 'lost';
    await checks(HOT, 1);
    state.all = 'none';
    await checks(HOT, 5);
    clock.advance(99);
    await checks(HOT, 5);
    expect(inner.calls.consumeUpTo).toBe(1);
    clock.advance(1);
    await checks(HOT, 5);
    expect(inner.calls.consumeUpTo).toBe(2);
  });

  test('leaves other counters their leases', async () => {
    const { checks, state, store } = anInstance();
    await checks(HOT, 2);
    state.all = 'lost';
    await checks(HOT, 1);
    state.all = 'none';
    await checks(aRequest({ limit: 1_000 }), 9);
    expect(store.stats().leases).toBe(1);
  });

  test('gives nothing back of a lease that the store was not asked for', async () => {
    const { checks, pass, state, store, errors, timers } = anInstance();
    await checks(HOT, 2);
    state.all = 'refused';
    await checks(HOT, 1);
    await pass(2_000);
    expect(store.stats().storeCalls).toBe(3);
    expect([errors, timers.running()]).toEqual([[], 0]);
  });

  test('of whatever course takes no unit but those of checks whose own answer was lost', async () => {
    const aRound = fc.record({
      trouble: fc.constantFrom<Trouble>('none', 'none', 'lost', 'refused'),
      refunds: fc.constantFrom<(Trouble | undefined)[]>(undefined, undefined, 'none', 'lost', 'refused'),
      checks: fc.integer({ min: 1, max: 12 }),
      pause: fc.constantFrom(0, 0, 5, 60, 130, 1_100),
    });
    const totals = { late: 0, told: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(aRound, { minLength: 5, maxLength: 40 }),
        fc.constantFrom('fixed-window', 'sliding-window'),
        async (rounds, algorithm) => {
          // It has one counter, and room for as many as a service's is what a thousand plays would pay for.
          const instance = anInstance({ maxCounters: 10 });
          const { state, pass, checks, used, lostUnits, store, errors, timers } = instance;
          const request = aRequest({ algorithm, limit: 1_000, windowMs: 31 * 86_400_000 });
          let admitted = 0;
          for (const round of rounds) {
            state.all = round.trouble;
            state.refunds = round.refunds;
            const asked = Array.from({ length: 2 }, () => checks(request, round.checks));
            for (const passed of await Promise.all(asked)) admitted += passed;
            await pass(round.pause);
          }
          const inHand = (await used(request)) - admitted - lostUnits.plain;
          if (inHand > 0 && store.stats().leases === 0) totals.late += 1;
          totals.told += errors.length;
          state.all = 'none';
          state.refunds = undefined;
          await pass(1_100);
          await pass(100);
          expect(await used(request)).toBe(admitted + lostUnits.plain);
          expect(timers.running()).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
    expect(totals.late).toBeGreaterThan(10);
    expect(totals.told).toBeGreaterThan(100);
  });
});
