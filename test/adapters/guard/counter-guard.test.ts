import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../../src/adapters/guard/breaker.ts';
import { guardCounters, judgeCounterError } from '../../../src/adapters/guard/counter-guard.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import { StoreRefused, StoreThrottled, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { Fault } from '../../support/faults/fault.ts';
import { withFaults } from '../../support/faults/with-faults.ts';

function guard(counters: CounterStore, clock = createFakeClock(), timeoutMs = 10_000) {
  const breaker = createBreaker({
    store: 'the counter store',
    failures: 3,
    openMs: 1000,
    clock: clock.elapsedMs,
    judge: judgeCounterError,
  });
  return { breaker, store: guardCounters(counters, { store: 'the counter store', timeoutMs, breaker }) };
}

describe('counters behind a deadline and a breaker', () => {
  counterStoreContract(async () => {
    const clock = createFakeClock();
    const { store } = guard(createMemoryCounterStore({ clock }), clock);
    return {
      store,
      elsewhere: store,
      restart: () => guard(createMemoryCounterStore({ clock }), clock).store,
      clock,
      differences: memoryDifferences.counterStore,
    };
  });
});

describe('guarded counters', () => {
  /** Each call meets the fault that was set last. */
  function faulty(timeoutMs?: number) {
    const clock = createFakeClock();
    const plan: { fault: Fault | undefined; asked: number } = { fault: undefined, asked: 0 };
    const counters = withFaults<CounterStore>(createMemoryCounterStore({ clock }), {
      plan: () => {
        plan.asked += 1;
        return plan.fault;
      },
    });
    return { clock, plan, ...guard(counters, clock, timeoutMs) };
  }

  it('are not asked any more after so many failures, and one call tries after a while', async () => {
    const { clock, plan, store } = faulty();
    plan.fault = { kind: 'error' };
    for (let failures = 0; failures < 3; failures += 1)
      await expect(store.consume(aRequest(), aCall())).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.consume(aRequest(), aCall())).rejects.toThrow('not available');
    expect(plan.asked).toBe(3);
    clock.advance(1000);
    plan.fault = undefined;
    const [probe, other] = await Promise.allSettled([
      store.consume(aRequest(), aCall()),
      store.consume(aRequest(), aCall()),
    ]);
    expect([probe.status, other.status]).toEqual(['fulfilled', 'rejected']);
    expect(await store.consume(aRequest(), aCall())).toMatchObject({ allowed: true });
  });

  it('that hang are a time-out at the deadline', async () => {
    const { plan, store } = faulty(5);
    plan.fault = { kind: 'hang' };
    await expect(store.peek(aRequest(), aCall())).rejects.toBeInstanceOf(StoreTimeout);
  });

  it('that refuse a call for their set-up are not asked any more at once', async () => {
    const clock = createFakeClock();
    const refused = async () => {
      throw new StoreRefused('the counter store', new Error('no such table'));
    };
    const { breaker, store } = guard({ ...createMemoryCounterStore({ clock }), consume: refused }, clock);
    await expect(store.consume(aRequest(), aCall())).rejects.toBeInstanceOf(StoreRefused);
    expect(breaker.state()).toBe('open');
  });

  it('that throttle are no reason to stop asking', async () => {
    const { breaker, plan, store } = faulty();
    plan.fault = { kind: 'throttled' };
    for (let calls = 0; calls < 10; calls += 1)
      await expect(store.consume(aRequest(), aCall())).rejects.toBeInstanceOf(StoreThrottled);
    expect(breaker.state()).toBe('closed');
  });

  it('whose callers go away are still asked', async () => {
    const { breaker, plan, store } = faulty();
    plan.fault = { kind: 'hang' };
    for (let calls = 0; calls < 10; calls += 1) {
      const gone = anAbortedCall();
      await expect(store.consume(aRequest(), gone)).rejects.toBe(gone.reason);
      const caller = new AbortController();
      const waiting = store.consume(aRequest(), { signal: caller.signal });
      caller.abort('gone');
      await expect(waiting).rejects.toBe('gone');
      await expect(store.reset('key', { signal: AbortSignal.abort('gone') })).rejects.toBe('gone');
    }
    expect(breaker.state()).toBe('closed');
  });

  it('that time out, or fail in a way that none is known to, are not asked any more', async () => {
    const hanging = faulty(2);
    hanging.plan.fault = { kind: 'hang' };
    for (let calls = 0; calls < 3; calls += 1)
      await expect(hanging.store.consume(aRequest(), aCall())).rejects.toBeInstanceOf(StoreTimeout);
    expect(hanging.breaker.state()).toBe('open');
    const clock = createFakeClock();
    const wrong = async () => {
      throw new Error('WRONGTYPE');
    };
    const { breaker, store } = guard({ ...createMemoryCounterStore({ clock }), consume: wrong }, clock);
    for (let calls = 0; calls < 3; calls += 1)
      await expect(store.consume(aRequest(), aCall())).rejects.toThrow('WRONGTYPE');
    expect(breaker.state()).toBe('open');
  });
});
