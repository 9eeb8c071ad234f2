import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { Asked, History, MakeCounters } from './fixture.ts';
import { aHistory, aRequest, consumeUntilDenied, play, RUNS, unitsOf } from './fixture.ts';

/** Never more than the limit, and never less than it. */
export function admissionContract(make: MakeCounters): void {
  describe.each(COUNTING_ALGORITHMS)('%s admits', (algorithm) => {
    test('exactly the limit from fresh state', async () => {
      const { store } = await make();
      for (const limit of [1, 2, 7, 100]) {
        expect(await consumeUntilDenied(store, aRequest({ algorithm, limit }), limit + 1)).toBe(limit);
      }
    });

    test('exactly the limit to 200 callers at once', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 50 });
      const decisions = await Promise.all(Array.from({ length: 200 }, () => store.consume(request, aCall())));
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
    });

    test('exactly the limit to 200 callers at once of two instances', async () => {
      const { store, elsewhere } = await make();
      const request = aRequest({ algorithm, limit: 50 });
      const decisions = await Promise.all(
        Array.from({ length: 200 }, (_, index) => (index % 2 ? store : elsewhere).consume(request, aCall())),
      );
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
      expect(decisions.map(({ remaining }) => remaining).toSorted((a, b) => b - a)).toEqual([
        ...Array.from({ length: 50 }, (_, taken) => 49 - taken),
        ...Array(150).fill(0),
      ]);
    });

    test('as many units as fit when callers of different cost come at once', async () => {
      const { store } = await make();
      const key = anId('key');
      const costs = Array.from({ length: 120 }, (_, index) => 1 + (index % 7));
      const decisions = await Promise.all(
        costs.map((cost) => store.consume(aRequest({ algorithm, key, limit: 97, cost }), aCall())),
      );
      const admitted = costs.filter((_, index) => decisions[index]?.allowed);
      expect(admitted.reduce((sum, cost) => sum + cost, 0)).toBe(97);
    });

    test('a cost of the whole limit, once', async () => {
      const { store } = await make();
      const request = aRequest({ algorithm, limit: 1_000_000_000, cost: 1_000_000_000 });
      expect(await store.consume(request, aCall())).toMatchObject({ allowed: true, remaining: 0 });
      expect(await store.consume({ ...request, cost: 1 }, aCall())).toMatchObject({
        allowed: false,
        remaining: 0,
      });
    });
  });

  test('fixed-window: what passes is what fits into the window of the epoch', async () => {
    await overHistories(make, ['fixed-window'], ({ policy }, asked) => {
      const windowOf = ({ atMs }: Asked) => Math.floor(atMs / policy.windowMs);
      return asked.every((each, index) => {
        const before = asked.slice(0, index).filter((other) => windowOf(other) === windowOf(each));
        return each.decision.allowed === unitsOf(admitted(before)) + each.cost <= policy.limit;
      });
    });
  });

  test('sliding-window: no span of one window has more than the limit', async () => {
    await overHistories(make, ['sliding-window'], ({ policy }, asked) =>
      asked.every(({ atMs }) => unitsOf(admitted(within(asked, atMs, policy.windowMs))) <= policy.limit),
    );
  });

  test('sliding-window: what fits with a tenth of the window to spare passes', async () => {
    await overHistories(make, ['sliding-window'], ({ policy }, asked) =>
      asked.every(({ atMs, cost, decision }, index) => {
        const before = within(asked.slice(0, index), atMs, (11 * policy.windowMs) / 10);
        return decision.allowed || unitsOf(admitted(before)) + cost > policy.limit;
      }),
    );
  });

  test('token-bucket: no span has more than a full bucket and its refill', async () => {
    await overHistories(make, ['token-bucket'], ({ policy: { limit, windowMs } }, asked) => {
      const passed = admitted(asked);
      return passed.every((from, first) =>
        passed.slice(first).every((to, count) => {
          const refill = Math.floor(((to.atMs - from.atMs) * limit) / windowMs);
          return unitsOf(passed.slice(first, first + count + 1)) <= limit + refill;
        }),
      );
    });
  });

  test('token-bucket: what the exact bucket has passes', async () => {
    await overHistories(make, ['token-bucket'], ({ policy }, asked) => {
      const limit = BigInt(policy.limit);
      const windowMs = BigInt(policy.windowMs);
      // Theoretical arrival time, in units of a millisecond divided by the limit.
      let arrival = 0n;
      return asked.every(({ atMs, cost, decision }) => {
        const now = BigInt(atMs) * limit;
        const next = (arrival > now ? arrival : now) + BigInt(cost) * windowMs;
        const fits = next - limit * windowMs <= now;
        if (fits) arrival = next;
        return decision.allowed === fits;
      });
    });
  });
}

async function overHistories(
  make: MakeCounters,
  algorithms: Parameters<typeof aHistory>[0],
  holds: (history: History, asked: readonly Asked[]) => boolean,
): Promise<void> {
  const fixture = await make();
  await fc.assert(
    fc.asyncProperty(aHistory(algorithms), async (history) =>
      holds(history, await play(fixture, history, anId('key'))),
    ),
    { numRuns: fixture.runs ?? RUNS },
  );
}

function admitted(asked: readonly Asked[]): readonly Asked[] {
  return asked.filter(({ decision }) => decision.allowed);
}

/** Those of the span that ends at `untilMs`, both ends included. */
function within(asked: readonly Asked[], untilMs: number, spanMs: number): readonly Asked[] {
  return asked.filter(({ atMs }) => atMs <= untilMs && atMs >= untilMs - spanMs);
}
