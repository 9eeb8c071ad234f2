import { describe, expect, test } from 'vitest';
import { withBlockCache } from '../../../src/adapters/limits/block-cache.ts';
import { withCoalescing } from '../../../src/adapters/limits/coalescing.ts';
import type { CounterFrontOptions } from '../../../src/adapters/limits/front.ts';
import { createCounterFront } from '../../../src/adapters/limits/front.ts';
import { withLeases } from '../../../src/adapters/limits/leases.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { aRequest, consumeUntilDenied } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { counted, decoratedMemory, timersOf } from './fixture.ts';

const noTimer = () => () => undefined;

function failed(error: unknown): never {
  throw error;
}

const ALL = {
  blockCache: true,
  coalescing: true,
  leases: true,
  instances: () => 4,
  maxKeys: 1000,
  onError: failed,
};
const NONE = { ...ALL, blockCache: false, coalescing: false, leases: false };

describe('a whole front keeps the contract', () => {
  counterStoreContract(() =>
    decoratedMemory((store, clock) =>
      createCounterFront(store, { ...ALL, clock: clock.elapsedMs, startTimer: noTimer }),
    ),
  );
});

describe('a whole front that leases everything keeps the contract', () => {
  counterStoreContract(() =>
    decoratedMemory((store, clock) => {
      const options = {
        clock: clock.elapsedMs,
        minLimit: 1,
        hotChecks: 1,
        startTimer: noTimer,
        onError: failed,
      };
      const leased = withLeases(withCoalescing(store), { ...options, leaseMs: 1_000_000, maxCounters: 1000 });
      return withBlockCache(leased, {
        clock: clock.elapsedMs,
        maxHoldMs: Number.POSITIVE_INFINITY,
        maxKeys: 1000,
      });
    }),
  );
});

function aFleet(size: number, options: Partial<CounterFrontOptions> = {}) {
  const clock = createFakeClock();
  const bare = createMemoryCounterStore({ clock });
  const inner = counted(bare);
  const timers = timersOf(clock);
  const open = () =>
    createCounterFront(inner, {
      ...ALL,
      clock: clock.elapsedMs,
      startTimer: timers.startTimer,
      instances: () => size,
      ...options,
    });
  const calls = () => inner.calls.consume + inner.calls.consumeUpTo + inner.calls.refund;
  return { clock, bare, inner, timers, calls, open, fronts: Array.from({ length: size }, open) };
}

describe('a front', () => {
  test('is the store itself with nothing switched on', async () => {
    const { open, inner } = aFleet(0, NONE);
    const front = open();
    const request = aRequest({ limit: 3 });
    await Promise.all(Array.from({ length: 10 }, () => front.consume(request, aCall())));
    expect(inner.calls.consume).toBe(10);
    expect(front.stats()).toEqual({});
    await expect(front.close()).resolves.toBeUndefined();
  });

  test.each(['blockCache', 'coalescing', 'leases'] as const)(
    'has %s alone when that is switched on',
    async (part) => {
      const { fronts, inner } = aFleet(1, { ...NONE, [part]: true });
      const [front] = fronts;
      const used = aRequest({ limit: 1 });
      for (let check = 0; check < 3; check += 1) await front?.consume(used, aCall());
      const open = aRequest({ limit: 1_000 });
      for (let check = 0; check < 30; check += 1) await front?.consume(open, aCall());
      await Promise.all([front?.consume(used, aCall()), front?.consume(used, aCall())]);
      expect(Object.keys(front?.stats() ?? {})).toEqual([part]);
      const { consume, consumeUpTo } = inner.calls;
      expect({ consume, consumeUpTo }).toEqual(
        {
          blockCache: { consume: 32, consumeUpTo: 0 },
          coalescing: { consume: 33, consumeUpTo: 1 },
          leases: { consume: 24, consumeUpTo: 1 },
        }[part],
      );
    },
  );

  test('has all of them over each other, and gives back on `close` what is leased', async () => {
    const { open, bare, inner } = aFleet(0);
    const front = open();
    const request = aRequest({ limit: 1_000 });
    await Promise.all(Array.from({ length: 15 }, () => front.consume(request, aCall())));
    expect(inner.calls).toMatchObject({ consume: 0, consumeUpTo: 1 });
    for (let check = 0; check < 10; check += 1) await front.consume(request, aCall());
    expect(front.stats()).toMatchObject({
      blockCache: { checks: 25 },
      leases: { checks: 25, leases: 1 },
      coalescing: { checks: 19 },
    });
    await front.close();
    expect(await bare.peek(request, aCall())).toMatchObject({ remaining: 975 });
  });

  test('remembers a denial of a counter that may be leased no longer than a lease lasts', async () => {
    const { fronts, bare, clock } = aFleet(1);
    for (const [limit, holdMs] of [
      [99, 1_000],
      [100, 100],
    ] as const) {
      const request = aRequest({ limit });
      await consumeUntilDenied(fronts[0] ?? bare, request, 101);
      await bare.reset(request.key, aCall());
      clock.advance(holdMs - 1);
      expect((await fronts[0]?.consume(request, aCall()))?.allowed).toBe(false);
      clock.advance(1);
      expect((await fronts[0]?.consume(request, aCall()))?.allowed).toBe(true);
    }
  });

  test('denies nobody for longer than twice a lease by units that lie unused elsewhere', async () => {
    const { fronts, clock, timers } = aFleet(2);
    const [idle, busy] = fronts;
    const request = aRequest({ limit: 100 });
    for (let check = 0; check < 23; check += 1) await idle?.consume(request, aCall());
    expect(idle?.stats().leases?.leases).toBe(1);
    const begunMs = clock.elapsedMs();
    timers.pass(99);
    while ((await busy?.consume(request, aCall()))?.allowed);
    while (!(await busy?.consume(request, aCall()))?.allowed) timers.pass(1);
    expect(clock.elapsedMs() - begunMs).toBeLessThanOrEqual(200);
  });

  test('of four instances with skewed traffic asks the store for few checks of a hot counter, used up or not', async () => {
    const { fronts, calls, timers, bare } = aFleet(4);
    const request = aRequest({ limit: 1_000 });
    let admitted = 0;
    for (let turn = 0; turn < 3_000; turn += 1) {
      const front = fronts[[0, 0, 0, 0, 1, 1, 1, 2, 2, 3][turn % 10] ?? 0];
      if ((await front?.consume(request, aCall()))?.allowed) admitted += 1;
      if (turn % 3 === 0) timers.pass(1);
    }
    expect(admitted).toBe(1_000);
    expect(calls() / 3_000).toBeLessThanOrEqual(0.05);
    await Promise.all(fronts.map((front) => front.close()));
    expect(await bare.peek(request, aCall())).toMatchObject({ remaining: 0 });
  });
});
