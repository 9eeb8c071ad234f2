import { describe, expect, test } from 'vitest';
import type { LeasesOptions } from '../../../src/adapters/limits/leases.ts';
import { withLeases } from '../../../src/adapters/limits/leases.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import type { CounterRequest, CounterStore, Decision } from '../../../src/ports/counter-store.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { counted, decoratedMemory, timersOf } from './fixture.ts';

function failed(error: unknown): never {
  throw error;
}

/** Leases of everything, as soon as it is known what is left. */
const EAGER = { minLimit: 1, hotChecks: 1, onError: failed } as const;

function instancesOver(bare: CounterStore, clock = createFakeClock(), options: Partial<LeasesOptions> = {}) {
  const timers = timersOf(clock);
  const errors: unknown[] = [];
  const open = (inner: CounterStore = bare) =>
    withLeases(inner, {
      clock: clock.elapsedMs,
      startTimer: timers.startTimer,
      hotChecks: 5,
      onError: (error) => errors.push(error),
      ...options,
    });
  return { clock, timers, errors, open };
}

function aStore(options: Partial<LeasesOptions> = {}) {
  const clock = createFakeClock();
  const bare = createMemoryCounterStore({ clock });
  const inner = counted(bare);
  const { open, ...rest } = instancesOver(bare, clock, options);
  return { ...rest, bare, inner, store: open(inner), elsewhere: open(bare) };
}

const inTurn = async (store: CounterStore, request: CounterRequest, times: number) => {
  const decisions: Decision[] = [];
  for (let time = 0; time < times; time += 1) decisions.push(await store.consume(request, aCall()));
  return decisions;
};

describe.each([20, 100, 100_000_000])('leases of %i ms keep the contract', (leaseMs) => {
  counterStoreContract(() =>
    decoratedMemory((store, clock) =>
      withLeases(store, {
        ...EAGER,
        clock: clock.elapsedMs,
        leaseMs,
        startTimer: () => () => undefined,
        maxCounters: 100,
      }),
    ),
  );
});

describe('a leased counter', () => {
  test.each(['fixed-window', 'sliding-window'] as const)(
    '%s: is admitted from without asking',
    async (algorithm) => {
      const { store, inner } = aStore();
      const decisions = await inTurn(store, aRequest({ algorithm, limit: 1_000 }), 500);
      expect(decisions.map(({ remaining }) => remaining)).toEqual(
        Array.from({ length: 500 }, (_, index) => 999 - index),
      );
      expect(decisions.filter(({ decidedBy }) => decidedBy === 'lease').length).toBeGreaterThan(480);
      const { checks, storeCalls, leaseHits } = store.stats();
      expect(storeCalls).toBe(inner.calls.consume + inner.calls.consumeUpTo + inner.calls.refund);
      expect({ checks, leaseHits }).toEqual({ checks: 500, leaseHits: 500 - storeCalls });
      expect(storeCalls).toBeLessThan(20);
    },
  );

  test.each([
    ['token-bucket', aRequest({ algorithm: 'token-bucket', limit: 1_000 })],
    ['a low limit', aRequest({ limit: 99 })],
    ['a permit', aRequest({ limit: 1_000, permitId: 'mine' })],
    ['charged denials', aRequest({ limit: 1_000, chargeDenied: true })],
  ])('none of %s', async (_, request) => {
    const { store, inner } = aStore();
    await inTurn(store, request, 50);
    expect(inner.calls).toMatchObject({ consume: 50, consumeUpTo: 0 });
  });

  test('none that is asked for seldom', async () => {
    const { store, inner, clock } = aStore();
    const request = aRequest({ limit: 1_000 });
    for (let time = 0; time < 50; time += 1) {
      await store.consume(request, aCall());
      clock.advance(26);
    }
    expect(inner.calls).toMatchObject({ consume: 50, consumeUpTo: 0 });
  });

  test('takes no more than it was asked for lately, and half its part of what is left', async () => {
    const bare = createMemoryCounterStore({ clock: createFakeClock() });
    const sizes: number[] = [];
    const watched: CounterStore = {
      ...bare,
      consumeUpTo: (request, least, call) => {
        sizes.push(request.cost - least);
        return bare.consumeUpTo(request, least, call);
      },
    };
    const store = instancesOver(bare, createFakeClock(), { instances: () => 4 }).open(watched);
    await inTurn(store, aRequest({ limit: 1_000 }), 90);
    expect(sizes.slice(0, 4)).toEqual([5, 11, 23, 47]);
    expect(sizes[4]).toBeUndefined();
    sizes.length = 0;
    await inTurn(store, aRequest({ limit: 101 }), 101);
    expect(sizes.slice(0, 2)).toEqual([5, 11]);
    expect(Math.max(...sizes)).toBe(11);
  });

  test('a caller that has gone takes nothing', async () => {
    const { store } = aStore();
    const request = aRequest({ limit: 1_000 });
    await inTurn(store, request, 9);
    const gone = anAbortedCall();
    await expect(store.consume(request, gone)).rejects.toBe(gone.reason);
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 991 });
  });
});

describe('what is left of a lease', () => {
  /** Ten checks, and a lease with units in hand. */
  async function aLease(options: Partial<LeasesOptions> = {}) {
    const all = aStore(options);
    const request = aRequest({ limit: 1_000 });
    await inTurn(all.store, request, 9);
    const inHand = async () => 991 - (await all.bare.peek(request, aCall())).remaining;
    expect(await inHand()).toBeGreaterThan(0);
    return { ...all, request, inHand };
  }

  test('goes back when its time is over, by one timer', async () => {
    const { store, timers, inHand } = await aLease();
    await inTurn(store, aRequest({ limit: 1_000 }), 9);
    expect([store.stats().leases, timers.running()]).toEqual([2, 1]);
    timers.pass(99);
    expect(await inHand()).toBeGreaterThan(0);
    timers.pass(1);
    expect([await inHand(), store.stats().leases, timers.running()]).toEqual([0, 0, 0]);
  });

  test('goes back lease by lease, each in its time', async () => {
    const { store, timers, inHand } = await aLease();
    timers.pass(50);
    await inTurn(store, aRequest({ limit: 1_000 }), 9);
    timers.pass(50);
    expect([await inHand(), store.stats().leases]).toEqual([0, 1]);
    timers.pass(50);
    expect(store.stats().leases).toBe(0);
  });

  test('goes back at once where it came when its time was over', async () => {
    const clock = createFakeClock();
    const bare = createMemoryCounterStore({ clock });
    const store = instancesOver(bare, clock).open({
      ...bare,
      consumeUpTo: (...args) => {
        clock.advance(150);
        return bare.consumeUpTo(...args);
      },
    });
    const request = aRequest({ limit: 1_000 });
    await inTurn(store, request, 5);
    expect(store.stats()).toMatchObject({ leases: 0, unitsGivenBack: 5 });
    expect(await bare.peek(request, aCall())).toMatchObject({ remaining: 995 });
  });

  test('goes back by a timer of Node too, where none is given', async () => {
    const clock = createFakeClock();
    const back = Promise.withResolvers<number>();
    const bare = createMemoryCounterStore({ clock });
    const store = withLeases(
      { ...bare, refund: async ({ cost }) => back.resolve(cost) },
      { clock: () => performance.now(), hotChecks: 5, leaseMs: 50, onError: failed },
    );
    await inTurn(store, aRequest({ limit: 1_000, windowMs: 31 * 86_400_000 }), 9);
    // The timer keeps no process alive, so something else has to.
    const alive = setInterval(() => undefined, 1_000);
    expect(await back.promise).toBeGreaterThan(0);
    clearInterval(alive);
  });

  test('is not used after its time, also where no timer went off', async () => {
    const { store, clock, inner, request, inHand } = await aLease();
    clock.advance(300);
    const before = inner.calls.refund;
    expect((await store.consume(request, aCall())).decidedBy).toBeUndefined();
    expect(inner.calls.refund).toBe(before + 1);
    expect(await inHand()).toBe(1);
  });

  test.each<[string, (store: CounterStore, request: CounterRequest) => Promise<unknown>]>([
    ['the end of a block', (store, { key, policy }) => store.block(key, policy, 100, aCall())],
    ['a refund', (store, request) => store.refund({ ...request, permitId: 'unknown' }, aCall())],
    ['consumeUpTo', (store, request) => store.consumeUpTo({ ...request, cost: 2_000 }, 1_001, aCall())],
    ['consumeAll', (store, request) => store.consumeAll([{ ...request, cost: 1_001 }], aCall())],
    ['a permit', (store, request) => store.consume({ ...request, permitId: 'mine', cost: 1_001 }, aCall())],
    [
      'a charge',
      (store, request) => store.consume({ ...request, chargeDenied: true, permitId: 'x' }, aCall()),
    ],
    [
      'another limit',
      (store, request) => store.peek({ ...request, policy: { ...request.policy, limit: 500 } }, aCall()),
    ],
  ])('goes back before %s', async (_, change) => {
    const { store, request, inner } = await aLease();
    await change(store, request);
    expect(inner.calls.refund).toBeGreaterThanOrEqual(1);
    expect(store.stats().leases).toBe(0);
  });

  test('is not in hand any more after a reset', async () => {
    const { store, bare, request } = await aLease();
    await store.reset(request.key, aCall());
    expect((await store.consume(request, aCall())).decidedBy).toBeUndefined();
    expect(await bare.peek(request, aCall())).toMatchObject({ remaining: 999 });
  });

  test('goes back when the counter is one of too many', async () => {
    const { store, inHand } = await aLease({ maxCounters: 10 });
    for (let index = 0; index < 10; index += 1) await store.consume(aRequest({ limit: 1_000 }), aCall());
    expect(await inHand()).toBe(0);
  });

  test('goes back on `close`, and there are no leases from then on', async () => {
    const { store, request, inHand, inner, timers } = await aLease();
    await store.close();
    expect([await inHand(), timers.running()]).toEqual([0, 0]);
    const before = inner.calls.consumeUpTo;
    await inTurn(store, request, 20);
    expect(inner.calls.consumeUpTo).toBe(before);
  });

  test('goes back before a check that needs more of it', async () => {
    const { store, request } = await aLease();
    expect(await store.consume({ ...request, cost: 991 }, aCall())).toMatchObject({
      allowed: true,
      remaining: 0,
    });
  });

  test('stays for a check that can never pass, and for looks', async () => {
    const { store, request, inner } = await aLease();
    const never = { allowed: false, remaining: 991, retryAfterMs: Number.POSITIVE_INFINITY };
    expect(await store.consume({ ...request, cost: 1_001 }, aCall())).toMatchObject(never);
    expect(await store.peek({ ...request, cost: 991 }, aCall())).toMatchObject({
      allowed: true,
      remaining: 991,
    });
    expect(await store.peek({ ...request, cost: 992 }, aCall())).toMatchObject({
      allowed: false,
      remaining: 991,
    });
    expect(inner.calls.refund).toBe(0);
  });
});
