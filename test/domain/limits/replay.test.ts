import { describe, expect, it } from 'vitest';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { createReplay } from '../../../src/domain/limits/replay.ts';
import { createResilientCounters } from '../../../src/domain/limits/resilient-counters.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { Fault } from '../../support/faults/fault.ts';
import { withFaults } from '../../support/faults/with-faults.ts';

import { aHouse, aRequest } from './resilient-house.ts';

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

  it('which comes and goes, the share is that of the window all the same', async () => {
    const { clock, breakDown, recover, admitted, resilient, replay } = aHouse({ instances: 4 });
    const request = aRequest({ limit: 100 });
    let passed = await admitted(request, 200);
    for (let flap = 0; flap < 10; flap += 1) {
      breakDown();
      passed += await admitted(request, 200);
      clock.advance(1000);
      recover();
      passed += await admitted(request, 200);
      await replay.settled();
    }
    expect(passed).toBe(125);
    clock.advance(60_000);
    await resilient.peek(request, aCall());
    breakDown();
    expect(await admitted(request, 200)).toBe(25);
  });

  it('a charge whose answer is lost is made once', async () => {
    const clock = createFakeClock();
    const store = createMemoryCounterStore({ clock });
    const state: { fault: Fault | undefined } = { fault: { kind: 'applied-but-timed-out' } };
    const counters = withFaults<CounterStore>(store, {
      plan: (operation) => (operation === 'consumeUpTo' ? state.fault : undefined),
    });
    const heard: number[] = [];
    const replay = createReplay({
      counters,
      owed: createMemoryCounterStore({ clock }),
      clock,
      newPermitId: () => anId('permit'),
      onReplayed: (units) => heard.push(units),
      onFailed: (error) => {
        throw error;
      },
    });
    const request = aRequest({ cost: 3 });
    await replay.note(request, request.policy, aCall());
    for (let attempt = 0; attempt < 4; attempt += 1) {
      replay.storeAnswered();
      await replay.settled();
      clock.advance(1000);
    }
    state.fault = undefined;
    await replay.note(request, request.policy, aCall());
    for (let attempt = 0; attempt < 3; attempt += 1) {
      replay.storeAnswered();
      await replay.settled();
    }
    expect((await store.peek(aRequest({ key: request.key }), aCall())).remaining).toBe(4);
    expect(heard).toEqual([3, 3]);
  });

  it('it is left alone for a while after a charge has failed', async () => {
    const { clock, breakDown, recover, admitted, resilient, replay, heard, state } = aHouse({ instances: 1 });
    breakDown();
    for (let keys = 0; keys < 50; keys += 1) await admitted(aRequest(), 1);
    recover();
    let charges = 0;
    state.onCall = (operation) => {
      if (operation !== 'consumeUpTo') return;
      charges += 1;
      state.fault = { kind: 'error' };
    };
    const ask = async () => {
      await resilient.peek(aRequest(), aCall());
      recover();
      await replay.settled();
    };
    await ask();
    const tried = charges;
    expect(tried).toBeGreaterThan(0);
    expect(tried).toBeLessThan(50);
    for (let calls = 0; calls < 5; calls += 1) await ask();
    expect(charges).toBe(tried);
    clock.advance(1000);
    state.onCall = () => undefined;
    recover();
    for (let calls = 0; calls < 2; calls += 1) {
      await resilient.peek(aRequest(), aCall());
      await replay.settled();
    }
    expect(heard.replayed.reduce((sum, units) => sum + units, 0)).toBe(50);
    expect(heard.failed).toEqual([]);
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

  it('is not taken for answering when the answer was known here', async () => {
    const { replay, resilient, heard } = aHouse();
    const request = aRequest();
    await replay.note(request, request.policy, aCall());
    const known = {
      allowed: true,
      remaining: 1,
      retryAfterMs: 0,
      resetAfterMs: 0,
      decidedBy: 'lease',
    } as const;
    const leased = createResilientCounters({
      counters: { ...createMemoryCounterStore({ clock: createFakeClock() }), consume: async () => known },
      local: createMemoryCounterStore({ clock: createFakeClock() }),
      instances: () => 1,
      replay,
      onDegraded: () => undefined,
      onFault: () => undefined,
    });
    expect(await leased.consume(request, aCall())).toMatchObject({ decidedBy: 'lease' });
    await replay.settled();
    expect(heard.replayed).toEqual([]);
    await resilient.peek(request, aCall());
    await replay.settled();
    expect(heard.replayed).toEqual([1]);
  });

  it('those whose window is over make room for others', async () => {
    const { clock, store, breakDown, recover, admitted, resilient, replay } = aHouse({
      instances: 1,
      maxCounters: 2,
    });
    breakDown();
    for (let keys = 0; keys < 2; keys += 1) await admitted(aRequest(), 1);
    clock.advance(60_000);
    const late = aRequest();
    await admitted(late, 1);
    recover();
    await resilient.peek(aRequest(), aCall());
    await replay.settled();
    expect((await store.peek(late, aCall())).remaining).toBe(9);
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
