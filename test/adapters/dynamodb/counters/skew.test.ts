import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CountingPolicy } from '../../../../src/domain/limits/policy.ts';
import { COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { aRequest, consumeUntilDenied } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { anInstance, readItem, START_MS } from './fixture.ts';

const dynamodb = useDynamodb();

/** Two instances whose clocks differ by so much, the second being ahead. */
function twoInstances(skewMs: number) {
  const behind = anInstance(dynamodb());
  const ahead = anInstance(dynamodb(), { clock: createFakeClock(START_MS + skewMs) });
  const advance = (ms: number) => {
    for (const { clock } of [behind, ahead]) clock.advance(ms);
  };
  return { behind, ahead, advance };
}

const SKEW_MS = 2000;

interface Passed {
  /** The time that really passes, by the clock that is behind. */
  readonly atMs: number;
  readonly cost: number;
  /** The end of the window it was counted in, where windows have one. */
  readonly windowEnd: string | undefined;
}

const steps = fc.array(
  fc.record({
    pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1500 }), fc.constantFrom(1999, 2000, 8000)),
    isAhead: fc.boolean(),
    cost: fc.integer({ min: 1, max: 4 }),
  }),
  { maxLength: 60 },
);

async function overSteps(policy: CountingPolicy, holds: (passed: readonly Passed[]) => void): Promise<void> {
  const { behind, ahead, advance } = twoInstances(SKEW_MS);
  const longestMs = Math.ceil(policy.windowMs * 1.1);
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const key = anId('key');
      const passed: Passed[] = [];
      for (const { pauseMs, isAhead, cost } of taken) {
        advance(pauseMs);
        const { store } = isAhead ? ahead : behind;
        const decision = await store.consume({ key, policy, cost }, aCall());
        expect(decision.resetAfterMs).toBeLessThanOrEqual(longestMs);
        expect(decision.retryAfterMs).toBeLessThanOrEqual(longestMs);
        if (!decision.allowed) continue;
        const windowEnd = (await readItem(dynamodb(), key))?.[`f${policy.windowMs}`]?.M?.e?.N;
        passed.push({ atMs: behind.clock.now(), cost, windowEnd });
      }
      holds(passed);
    }),
    { numRuns: 25 },
  );
}

function unitsOf(passed: readonly Passed[]): number {
  return passed.reduce((sum, { cost }) => sum + cost, 0);
}

/** Units that passed in each span from one taking to a later one, with its length. */
function spansOf(
  passed: readonly Passed[],
): readonly { readonly lengthMs: number; readonly units: number }[] {
  return passed.flatMap((from, first) =>
    passed.slice(first).map((to, count) => ({
      lengthMs: to.atMs - from.atMs,
      units: unitsOf(passed.slice(first, first + count + 1)),
    })),
  );
}

describe('two instances whose clocks are 2 s apart', () => {
  test('fixed-window: no window has more than the limit, nor any span more than the windows it touches', async () => {
    const policy = { algorithm: 'fixed-window', limit: 7, windowMs: 10_000 } as const;
    await overSteps(policy, (passed) => {
      for (const each of Map.groupBy(passed, ({ windowEnd }) => windowEnd).values())
        expect(unitsOf(each)).toBeLessThanOrEqual(policy.limit);
      for (const { lengthMs, units } of spansOf(passed)) {
        const windows = Math.floor((lengthMs + 2 * SKEW_MS) / policy.windowMs) + 2;
        expect(units).toBeLessThanOrEqual(windows * policy.limit);
      }
    });
  }, 60_000);

  test('sliding-window: no span of a window less the skew has more than the limit', async () => {
    const policy = { algorithm: 'sliding-window', limit: 7, windowMs: 10_000 } as const;
    await overSteps(policy, (passed) => {
      for (const { lengthMs, units } of spansOf(passed))
        if (lengthMs <= policy.windowMs - SKEW_MS) expect(units).toBeLessThanOrEqual(policy.limit);
    });
  });

  test('token-bucket: no span has more than a full bucket and the refill of its length and the skew', async () => {
    const policy = { algorithm: 'token-bucket', limit: 7, windowMs: 10_000 } as const;
    await overSteps(policy, (passed) => {
      for (const { lengthMs, units } of spansOf(passed)) {
        const refill = Math.floor(((lengthMs + SKEW_MS) * policy.limit) / policy.windowMs);
        expect(units).toBeLessThanOrEqual(policy.limit + refill);
      }
    });
  }, 60_000);

  test.each(COUNTING_ALGORITHMS)(
    '%s: exactly the limit passes to 200 callers at once, half on each',
    async (algorithm) => {
      const { behind, ahead } = twoInstances(SKEW_MS);
      const request = aRequest({ algorithm, limit: 50, windowMs: 3_600_000 });
      const decisions = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          (index % 2 === 0 ? behind : ahead).store.consume(request, aCall()),
        ),
      );
      const admitted = decisions.filter(({ allowed }) => allowed).length;
      expect(admitted).toBe(50);
    },
  );
});

describe.each(COUNTING_ALGORITHMS)('%s: a clock that was an hour ahead', (algorithm) => {
  const request = aRequest({ algorithm, limit: 5 });
  const longestMs = algorithm === 'sliding-window' ? 66_000 : 60_000;

  test('locks nobody out for longer than a window after it is gone', async () => {
    const { behind, ahead } = twoInstances(3_600_000);
    const key = anId('key');
    await consumeUntilDenied(ahead.store, { ...request, key }, 6);
    const { allowed, retryAfterMs } = await behind.store.consume({ ...request, key }, aCall());
    expect(allowed).toBe(false);
    expect(retryAfterMs).toBe(longestMs);
    behind.clock.advance(longestMs - 1);
    expect(await behind.store.consume({ ...request, key }, aCall())).toMatchObject({
      allowed: false,
      retryAfterMs: 1,
    });
    behind.clock.advance(1);
    expect(await behind.store.peek({ ...request, key }, aCall())).toMatchObject({ remaining: 5 });
    expect(await consumeUntilDenied(behind.store, { ...request, key }, 6)).toBe(5);
    behind.clock.advance(longestMs);
    expect(await consumeUntilDenied(behind.store, { ...request, key }, 6)).toBe(5);
  });

  test('is waited for as long as it goes on taking', async () => {
    const { behind, ahead, advance } = twoInstances(3_600_000);
    const asked = { ...request, key: anId('key') };
    for (let round = 0; round < 4; round += 1) {
      expect(await consumeUntilDenied(ahead.store, asked, 6)).toBe(5);
      const { allowed, retryAfterMs } = await behind.store.consume(asked, aCall());
      expect(allowed).toBe(false);
      expect(retryAfterMs).toBe(longestMs);
      advance(longestMs);
    }
  });
});
