import { describe, expect, it } from 'vitest';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { ValidationFailed } from '../../../src/domain/errors.ts';
import { createResilientCounters } from '../../../src/domain/limits/resilient-counters.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { Fault } from '../../support/faults/fault.ts';

import { aHouse, aRequest } from './resilient-house.ts';

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

describe('while the store fails in a way that none is known to', () => {
  it('the rule decides too, and the fault is heard of', async () => {
    const { heard, ...house } = aHouse();
    const fault = new TypeError('out of order');
    const broken = createResilientCounters({
      counters: {
        consume: async () => {
          throw fault;
        },
      } as unknown as CounterStore,
      local: createMemoryCounterStore({ clock: house.clock }),
      instances: () => 4,
      replay: house.replay,
      onDegraded: (rule) => heard.rules.push(rule),
      onFault: (error) => heard.faults.push(error),
    });
    expect(await broken.consume(aRequest(), aCall())).toMatchObject({ decidedBy: 'local' });
    expect(heard.faults).toEqual([fault]);
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

it('a reset forgets what was counted here too', async () => {
  const { breakDown, recover, admitted, resilient } = aHouse({ instances: 1 });
  const request = aRequest({ limit: 2 });
  breakDown();
  await admitted(request, 2);
  recover();
  await resilient.reset(request.key, aCall());
  breakDown();
  expect(await admitted(request, 5)).toBe(2);
});
