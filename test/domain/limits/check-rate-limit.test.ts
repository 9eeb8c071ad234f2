import { describe, expect, test } from 'vitest';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { StoreUnavailable, ValidationFailed } from '../../../src/domain/errors.ts';
import { createRateLimits } from '../../../src/domain/limits/check-rate-limit.ts';
import type { RateLimitRequest } from '../../../src/domain/limits/rate-limit-request.ts';
import type { CounterRequest, CounterStore, Decision } from '../../../src/ports/counter-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { resilient } from '../../support/resilient.ts';

function aRequest(overrides: Partial<RateLimitRequest> = {}): RateLimitRequest {
  return { key: anId('key'), limit: 10, windowSeconds: 60, algorithm: 'fixed-window', cost: 1, ...overrides };
}

function limitsOver(counters: Partial<CounterStore>, clock = createFakeClock()) {
  return createRateLimits({ counters: resilient(counters), onStoreError: 'local', clock });
}

/** Rate limits over memory counters, half a second into a minute. */
function rateLimits() {
  const clock = createFakeClock(Date.UTC(2026, 0, 15, 12, 0, 0, 500));
  return { clock, limits: limitsOver(createMemoryCounterStore({ clock }), clock) };
}

/** Counters that answer what they are told and remember what they were asked. */
function scriptedCounters(answer: Decision) {
  const asked: CounterRequest[] = [];
  const decide = async (request: CounterRequest) => {
    asked.push(request);
    return answer;
  };
  const counters: Pick<CounterStore, 'consume' | 'consumeAll' | 'peek' | 'reset'> = {
    consume: decide,
    consumeAll: (requests) => Promise.all(requests.map(decide)),
    peek: decide,
    reset: async () => undefined,
  };
  return { asked, counters };
}

async function faultsOf(run: Promise<unknown>): Promise<readonly string[]> {
  const error = await run.catch((caught: unknown) => caught);
  if (!(error instanceof ValidationFailed)) throw new Error('expected ValidationFailed', { cause: error });
  expect(error.faults.every(({ message }) => message.startsWith('must '))).toBe(true);
  return error.faults.map(({ path }) => path);
}

describe('rate limits', () => {
  test('count down to a denial that says when to come again', async () => {
    const { limits } = rateLimits();
    const request = aRequest({ limit: 2 });
    const minute = Date.UTC(2026, 0, 15, 12, 1) / 1000;
    const passed = {
      allowed: true,
      limit: 2,
      resetAt: minute,
      retryAfterSeconds: 0,
      degraded: false,
      decidedBy: 'store',
    };
    expect(await limits.check(request, aCall())).toEqual({ ...passed, remaining: 1 });
    expect(await limits.check(request, aCall())).toEqual({ ...passed, remaining: 0 });
    const denied = { ...passed, allowed: false, remaining: 0, retryAfterSeconds: 59.5 };
    expect(await limits.check(request, aCall())).toEqual(denied);
    expect(await limits.peek(request, aCall())).toEqual(denied);
  });

  test('a look takes nothing', async () => {
    const { limits } = rateLimits();
    const request = aRequest({ limit: 1 });
    expect(await limits.peek(request, aCall())).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limits.check(request, aCall())).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('a reset gives the whole limit back', async () => {
    const { limits } = rateLimits();
    const request = aRequest({ limit: 1 });
    await limits.check(request, aCall());
    await limits.reset(request.key, aCall());
    expect(await limits.check(request, aCall())).toMatchObject({ allowed: true });
  });

  test('a cost that can never pass has no time to come again', async () => {
    const { limits } = rateLimits();
    const status = await limits.check(aRequest({ limit: 3, cost: 4 }), aCall());
    expect(status).toMatchObject({ allowed: false, remaining: 3, retryAfterSeconds: null });
  });

  test('times are rounded up: the reset to the second, the wait to the millisecond', async () => {
    const clock = createFakeClock(10_001);
    const decision = { allowed: false, remaining: 0, retryAfterMs: 1233.2, resetAfterMs: 2000 };
    const { counters } = scriptedCounters(decision);
    const status = await limitsOver(counters, clock).check(aRequest(), aCall());
    expect(status).toMatchObject({ resetAt: 13, retryAfterSeconds: 1.234 });
  });

  test.each([
    [0.1, 100],
    [1.001, 1001],
    [1.9, 1900],
    [0.29, 290],
    [2_678_399.999, 2_678_399_999],
    [2_678_400, 2_678_400_000],
  ])('a window of %d s is one of %i ms', async (windowSeconds, windowMs) => {
    const { asked, counters } = scriptedCounters({
      allowed: true,
      remaining: 0,
      retryAfterMs: 0,
      resetAfterMs: 0,
    });
    await limitsOver(counters).check(aRequest({ windowSeconds }), aCall());
    expect(asked[0]?.policy.windowMs).toBe(windowMs);
  });

  test.each([
    ['/key', { key: '' }],
    ['/key', { key: 'k'.repeat(2049) }],
    ['/key', { key: 'a\u0000b' }],
    ['/key', { key: '\ud800' }],
    ['/limit', { limit: 0 }],
    ['/limit', { limit: 1.5 }],
    ['/limit', { limit: 1_000_000_001 }],
    ['/limit', { limit: Number.NaN }],
    ['/windowSeconds', { windowSeconds: 0.099 }],
    ['/windowSeconds', { windowSeconds: 1.0001 }],
    ['/windowSeconds', { windowSeconds: 2_678_400.001 }],
    ['/windowSeconds', { windowSeconds: Number.POSITIVE_INFINITY }],
    ['/cost', { cost: 0 }],
    ['/cost', { cost: -1 }],
    ['/cost', { cost: 2 ** 53 }],
  ])('refuses a wrong value by its name: %s of %j', async (path, overrides) => {
    const { asked, counters } = scriptedCounters({
      allowed: true,
      remaining: 0,
      retryAfterMs: 0,
      resetAfterMs: 0,
    });
    const limits = limitsOver(counters);
    expect(await faultsOf(limits.check(aRequest(overrides), aCall()))).toEqual([path]);
    expect(await faultsOf(limits.peek(aRequest(overrides), aCall()))).toEqual([path]);
    expect(asked).toEqual([]);
  });

  test('names every fault at once, an unknown algorithm among them', async () => {
    const { limits } = rateLimits();
    const wrong = { ...aRequest({ limit: -1, cost: 0 }), algorithm: 'leaky' };
    expect(await faultsOf(limits.check(wrong as RateLimitRequest, aCall()))).toEqual([
      '/limit',
      '/algorithm',
      '/cost',
    ]);
    expect(await faultsOf(limits.reset('', aCall()))).toEqual(['/key']);
  });

  test('a store that fails is no denial', async () => {
    const failing = async () => {
      throw new StoreUnavailable('the counter store', new Error('down'));
    };
    const status = await limitsOver({ consume: failing }).check(aRequest(), aCall());
    expect(status).toMatchObject({ allowed: true, degraded: true, decidedBy: 'local' });
  });

  describe('of a batch', () => {
    const burst = { limit: 2, windowSeconds: 1, algorithm: 'fixed-window' } as const;
    const hourly = { limit: 3, windowSeconds: 3600, algorithm: 'fixed-window' } as const;

    test('each take what is there, those of one key in order', async () => {
      const { limits } = rateLimits();
      const [key, other] = [anId('key'), anId('key')];
      const checks = [
        aRequest({ key, limit: 3, cost: 2 }),
        aRequest({ key: other, limit: 1 }),
        aRequest({ key, limit: 3, cost: 2 }),
        aRequest({ key, limit: 3 }),
      ];
      const { allowed, items } = await limits.checkBatch(checks, 'each', aCall());
      expect(allowed).toBe(false);
      expect(items.map((item) => [item.allowed, item.remaining])).toEqual([
        [true, 1],
        [true, 0],
        [false, 1],
        [true, 0],
      ]);
    });

    test('of one key are made one after the other, those of several at once', async () => {
      const { counters } = scriptedCounters({
        allowed: true,
        remaining: 1,
        retryAfterMs: 0,
        resetAfterMs: 0,
      });
      const [key, other] = [anId('key'), anId('key')];
      const seen: string[] = [];
      const consume = async (request: CounterRequest) => {
        seen.push(`begin ${request.key === key ? 'one' : 'other'}`);
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`end ${request.key === key ? 'one' : 'other'}`);
        return counters.consume(request, aCall());
      };
      const limits = limitsOver({ ...counters, consume });
      const checks = [aRequest({ key }), aRequest({ key, limit: 3 }), aRequest({ key: other })];
      await limits.checkBatch(checks, 'each', aCall());
      expect(seen).toEqual(['begin one', 'begin other', 'end one', 'begin one', 'end other', 'end one']);
    });

    test('take nothing at all when one of all or nothing is denied', async () => {
      const { limits, clock } = rateLimits();
      const key = anId('key');
      const checks = [aRequest({ key, ...burst }), aRequest({ key, ...hourly })];
      const remainingAfter = async () => {
        const { allowed, items } = await limits.checkBatch(checks, 'all-or-nothing', aCall());
        return [allowed, ...items.map(({ remaining }) => remaining)];
      };
      expect(await remainingAfter()).toEqual([true, 1, 2]);
      expect(await remainingAfter()).toEqual([true, 0, 1]);
      expect(await remainingAfter()).toEqual([false, 0, 1]);
      clock.advance(1000);
      expect(await remainingAfter()).toEqual([true, 1, 0]);
      const { allowed, items } = await limits.checkBatch(checks, 'all-or-nothing', aCall());
      expect(allowed).toBe(false);
      expect(items).toMatchObject([
        { allowed: true, limit: 2, remaining: 1, retryAfterSeconds: 0 },
        { allowed: false, limit: 3, remaining: 0 },
      ]);
    });

    test('name the check of every fault, and take nothing', async () => {
      const { limits } = rateLimits();
      const good = aRequest({ limit: 1 });
      const checks = [good, { ...good, limit: 0, windowSeconds: 0.0001 }];
      for (const mode of ['each', 'all-or-nothing'] as const)
        expect(await faultsOf(limits.checkBatch(checks, mode, aCall()))).toEqual([
          '/checks/1/limit',
          '/checks/1/windowSeconds',
        ]);
      expect(await faultsOf(limits.checkBatch([good, good], 'all-or-nothing', aCall()))).toEqual([
        '/checks/1',
      ]);
      expect(await faultsOf(limits.checkBatch([], 'each', aCall()))).toEqual(['/checks']);
      expect(
        await faultsOf(
          limits.checkBatch(
            Array.from({ length: 101 }, () => good),
            'each',
            aCall(),
          ),
        ),
      ).toEqual(['/checks']);
      expect(await limits.peek(good, aCall())).toMatchObject({ remaining: 1 });
    });
  });
});
