import { describe, expect, it } from 'vitest';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { ValidationFailed } from '../../../src/domain/errors.ts';
import type { StoreErrorRule } from '../../../src/domain/limits/named-policy.ts';
import { createReplay } from '../../../src/domain/limits/replay.ts';
import type { RuledRequest } from '../../../src/domain/limits/resilient-counters.ts';
import { createResilientCounters } from '../../../src/domain/limits/resilient-counters.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { Fault } from '../../support/faults/fault.ts';
import { withFaults } from '../../support/faults/with-faults.ts';

function aRequest(overrides: Partial<RuledRequest> & { readonly limit?: number } = {}): RuledRequest {
  const { limit = 10, ...rest } = overrides;
  const policy = { algorithm: 'fixed-window', limit, windowMs: 60_000 } as const;
  return { key: anId('key'), policy, cost: 1, onStoreError: 'local', ...rest };
}

/** Counters whose store fails while `fault` is set, of one of four instances. */
function aHouse({ instances = 4, maxCounters }: { instances?: number; maxCounters?: number } = {}) {
  const clock = createFakeClock();
  const state: { fault: Fault | undefined } = { fault: undefined };
  const store = createMemoryCounterStore({ clock });
  const counters = withFaults<CounterStore>(store, { plan: () => state.fault });
  const local = createMemoryCounterStore({ clock });
  const heard = { rules: [] as StoreErrorRule[], replayed: [] as number[], failed: [] as unknown[] };
  const replay = createReplay({
    counters,
    local,
    ...(maxCounters !== undefined && { maxCounters }),
    onReplayed: (units) => heard.replayed.push(units),
    onFailed: (error) => heard.failed.push(error),
  });
  const resilient = createResilientCounters({
    counters,
    local,
    instances: () => instances,
    replay,
    onDegraded: (rule) => heard.rules.push(rule),
  });
  const breakDown = (fault: Fault = { kind: 'error' }) => {
    state.fault = fault;
  };
  const recover = () => {
    state.fault = undefined;
  };
  const admitted = async (request: RuledRequest, attempts: number) => {
    let passed = 0;
    for (let attempt = 0; attempt < attempts; attempt += 1)
      if ((await resilient.consume(request, aCall())).decision.allowed) passed += 1;
    return passed;
  };
  return { clock, store, resilient, replay, heard, breakDown, recover, admitted };
}

describe('while the store answers', () => {
  it('its decision stands, and so does who made it', async () => {
    const { resilient, heard } = aHouse();
    const judgement = await resilient.consume(aRequest(), aCall());
    expect(judgement).toMatchObject({ decidedBy: 'store', isOutage: false });
    expect(judgement.decision).toMatchObject({ allowed: true, remaining: 9 });
    expect(heard.rules).toEqual([]);
  });

  it('its denial is one of the limit', async () => {
    const { resilient } = aHouse();
    const request = aRequest({ limit: 1, onStoreError: 'closed' });
    await resilient.consume(request, aCall());
    expect(await resilient.consume(request, aCall())).toMatchObject({
      decision: { allowed: false },
      decidedBy: 'store',
      isOutage: false,
    });
  });

  it('what is wrong with a request is still an error', async () => {
    const { resilient } = aHouse();
    const twice = aRequest();
    await expect(resilient.consumeAll([twice, twice], aCall())).rejects.toBeInstanceOf(ValidationFailed);
    const gone = anAbortedCall();
    await expect(resilient.consume(aRequest(), gone)).rejects.toBe(gone.reason);
  });
});

describe('while the store can not be asked', () => {
  it.each<Fault>([
    { kind: 'error' },
    { kind: 'time-out' },
    { kind: 'throttled' },
    { kind: 'applied-but-timed-out' },
  ])('(%j) one instance of four admits its quarter, rounded up', async (fault) => {
    const { breakDown, admitted, heard } = aHouse();
    breakDown(fault);
    expect(await admitted(aRequest({ limit: 10 }), 10)).toBe(3);
    expect(heard.rules).toEqual(Array(10).fill('local'));
  });

  it('a denial by the share is owed to the outage, one by the whole limit is not', async () => {
    const request = aRequest({ limit: 4 });
    const shared = aHouse({ instances: 4 });
    shared.breakDown();
    await shared.admitted(request, 1);
    expect(await shared.resilient.consume(request, aCall())).toMatchObject({
      decision: { allowed: false },
      decidedBy: 'local',
      isOutage: true,
    });
    const alone = aHouse({ instances: 1 });
    alone.breakDown();
    expect(await alone.admitted(request, 5)).toBe(4);
    expect(await alone.resilient.consume(request, aCall())).toMatchObject({ isOutage: false });
  });

  it('what is over the share and not over the limit may be asked for again', async () => {
    const { breakDown, resilient } = aHouse();
    breakDown();
    const { decision, isOutage } = await resilient.consume(aRequest({ limit: 8, cost: 3 }), aCall());
    expect(decision).toMatchObject({ allowed: false, retryAfterMs: 1000 });
    expect(isOutage).toBe(true);
    const over = await resilient.consume(aRequest({ limit: 8, cost: 9 }), aCall());
    expect(over).toMatchObject({ decision: { retryAfterMs: Number.POSITIVE_INFINITY }, isOutage: false });
  });

  it('open lets all pass, closed none', async () => {
    const { breakDown, resilient, admitted } = aHouse();
    breakDown();
    expect(await admitted(aRequest({ limit: 1, onStoreError: 'open' }), 5)).toBe(5);
    expect(await resilient.consume(aRequest({ onStoreError: 'closed' }), aCall())).toEqual({
      decision: { allowed: false, remaining: 0, retryAfterMs: 1000, resetAfterMs: 1000 },
      decidedBy: 'closed',
      isOutage: true,
    });
  });

  it('all or nothing holds across rules', async () => {
    const { breakDown, resilient } = aHouse({ instances: 1 });
    breakDown();
    const local = aRequest({ limit: 2 });
    const closed = aRequest({ key: local.key, onStoreError: 'closed' });
    const decided = await resilient.consumeAll([local, closed], aCall());
    expect(decided.map(({ decision }) => decision.allowed)).toEqual([true, false]);
    expect((await resilient.peek(local, aCall())).decision.remaining).toBe(2);
    const open = aRequest({ onStoreError: 'open' });
    const passed = await resilient.consumeAll([open, local], aCall());
    expect(passed.map(({ decidedBy, decision }) => [decidedBy, decision.remaining])).toEqual([
      ['open', 10],
      ['local', 1],
    ]);
  });

  it('a look takes nothing', async () => {
    const { breakDown, resilient } = aHouse();
    breakDown();
    const request = aRequest({ limit: 4 });
    for (let looks = 0; looks < 3; looks += 1)
      expect(await resilient.peek(request, aCall())).toMatchObject({
        decision: { allowed: true, remaining: 1 },
      });
  });
});

describe('when the store is back', () => {
  it('it is charged with what was admitted without it, once', async () => {
    const { store, breakDown, recover, admitted, resilient, replay, heard } = aHouse({ instances: 1 });
    const request = aRequest({ limit: 10 });
    expect(await admitted(request, 2)).toBe(2);
    breakDown();
    expect(await admitted(request, 3)).toBe(3);
    recover();
    await resilient.peek(aRequest(), aCall());
    await replay.settled();
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 5 });
    expect(heard.replayed).toEqual([3]);
    await resilient.peek(aRequest(), aCall());
    await replay.settled();
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 5 });
  });

  it('a next outage begins with the whole share', async () => {
    const { breakDown, recover, admitted, resilient, replay } = aHouse({ instances: 1 });
    const request = aRequest({ limit: 3 });
    breakDown();
    expect(await admitted(request, 5)).toBe(3);
    recover();
    await resilient.peek(request, aCall());
    await replay.settled();
    breakDown();
    expect(await admitted(request, 5)).toBe(3);
  });

  it('it is charged with no more than it has room for, and not for a window that is over', async () => {
    const { clock, store, breakDown, recover, admitted, resilient, replay, heard } = aHouse({ instances: 1 });
    const [full, old] = [aRequest({ limit: 5 }), aRequest({ limit: 5 })];
    await admitted(full, 4);
    breakDown();
    await admitted(full, 5);
    await admitted(old, 5);
    recover();
    await store.peek(full, aCall());
    await resilient.peek(full, aCall());
    await replay.settled();
    expect(heard.replayed).toEqual([6]);
    breakDown();
    await admitted(old, 5);
    clock.advance(60_000);
    recover();
    await resilient.peek(old, aCall());
    await replay.settled();
    expect(await store.peek(old, aCall())).toMatchObject({ remaining: 5 });
    expect(heard.replayed).toEqual([6]);
  });

  it('what can not be told waits until it can', async () => {
    const clock = createFakeClock();
    const local = createMemoryCounterStore({ clock });
    const store = createMemoryCounterStore({ clock });
    let isBroken = true;
    const heard = { replayed: [] as number[], failed: [] as unknown[] };
    const counters = withFaults<CounterStore>(store, {
      plan: (operation) => (isBroken && operation === 'consumeUpTo' ? { kind: 'error' } : undefined),
    });
    const replay = createReplay({
      counters,
      local,
      onReplayed: (units) => heard.replayed.push(units),
      onFailed: (error) => heard.failed.push(error),
    });
    const request = aRequest();
    await local.consume(request, aCall());
    replay.note(request);
    replay.storeAnswered();
    await replay.settled();
    expect(heard).toEqual({ replayed: [], failed: [] });
    isBroken = false;
    replay.storeAnswered();
    await replay.settled();
    expect(heard.replayed).toEqual([1]);
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 9 });
  });

  it('counters beyond the bound are not told', async () => {
    const { breakDown, recover, admitted, resilient, replay, heard } = aHouse({
      instances: 1,
      maxCounters: 2,
    });
    breakDown();
    for (let keys = 0; keys < 5; keys += 1) await admitted(aRequest(), 1);
    recover();
    await resilient.peek(aRequest(), aCall());
    await replay.settled();
    expect(heard.replayed).toEqual([2]);
  });
});
