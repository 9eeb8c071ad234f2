import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { observed } from '../../../src/adapters/guard/observed.ts';
import { createMemoryActivityStore } from '../../../src/adapters/memory/activity-store.ts';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import { createMemoryHotProgramStore } from '../../../src/adapters/memory/hot-program-store.ts';
import { createMemoryPhaseStore } from '../../../src/adapters/memory/phase-store.ts';
import { createMemorySearchIndex } from '../../../src/adapters/memory/search-index.ts';
import { StoreTimeout } from '../../../src/domain/errors.ts';
import type { Call } from '../../../src/ports/call.ts';
import type { PortCall } from '../../../src/ports/telemetry.ts';
import { START_MS as ACTIVITY_START_MS } from '../../contracts/activity-store/fixture.ts';
import { activityStoreContract } from '../../contracts/activity-store/index.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { START_MS as HOT_START_MS } from '../../contracts/hot-program-store/fixture.ts';
import { hotProgramStoreContract } from '../../contracts/hot-program-store/index.ts';
import { phaseStoreContract } from '../../contracts/phase-store/index.ts';
import { searchIndexContract } from '../../contracts/search-index/index.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const silent = { called: () => undefined };
const ids = { next: randomUUID };

function watched<Port extends object>(port: Port): Port {
  return observed(port, { port: 'Any', adapter: 'memory', telemetry: silent });
}

describe('an observed port keeps the contract of its port', () => {
  counterStoreContract(async () => {
    const clock = createFakeClock();
    const restart = () => watched(createMemoryCounterStore({ clock }));
    const store = restart();
    return { store, elsewhere: store, restart, clock, differences: memoryDifferences.counterStore };
  });
  activityStoreContract(async () => {
    const clock = createFakeClock(ACTIVITY_START_MS);
    const restart = () => watched(createMemoryActivityStore({ clock, ids }));
    return { store: restart(), restart, clock, differences: memoryDifferences.activityStore };
  });
  hotProgramStoreContract(async () => {
    const clock = createFakeClock(HOT_START_MS);
    const store = watched(createMemoryHotProgramStore({ clock, ids }));
    return { store, clock, differences: memoryDifferences.hotProgramStore };
  });
  searchIndexContract(async () => ({
    index: watched(createMemorySearchIndex()),
    differences: memoryDifferences.searchIndex,
  }));
  phaseStoreContract(async () => {
    const clock = createFakeClock();
    const store = watched(createMemoryPhaseStore({ clock }));
    return { store, other: store, advance: async (ms) => clock.advance(ms) };
  });
});

describe('what an observed port tells', () => {
  const calls: PortCall[] = [];

  function aPort(answer: (call: Call) => Promise<string>) {
    calls.length = 0;
    const port = {
      read: (_key: string, call: Call, _options?: object) => answer(call),
      label: () => 'not a call',
    };
    const telemetry = { called: (call: PortCall) => void calls.push(call) };
    return observed(port, { port: 'Shelf', adapter: 'paper', telemetry });
  }

  test('each call with its names, its time and its request', async () => {
    const port = aPort(async () => 'a value that is nobody else’s business');
    await port.read('a key', { ...aCall(), requestId: 'request-1' });
    expect(calls).toEqual([
      {
        port: 'Shelf',
        adapter: 'paper',
        operation: 'read',
        outcome: 'ok',
        durationMs: expect.any(Number),
        requestId: 'request-1',
      },
    ]);
  });

  test('its request though options follow the call, or undefined in their place', async () => {
    const port = aPort(async () => 'a value');
    await port.read('a key', { ...aCall(), requestId: 'request-1' }, { refresh: true });
    await port.read('a key', { ...aCall(), requestId: 'request-2' }, undefined);
    expect(calls.map(({ requestId }) => requestId)).toEqual(['request-1', 'request-2']);
  });

  test.each([
    [new StoreTimeout('Paper', undefined), 'store-timeout'],
    [new TypeError('unforeseen'), 'error'],
  ])('how %o ended it, and passes the error on', async (error, outcome) => {
    const port = aPort(() => Promise.reject(error));
    await expect(port.read('a key', aCall())).rejects.toBe(error);
    expect(calls.map((call) => call.outcome)).toEqual([outcome]);
  });

  test('that nobody waited any more', async () => {
    const port = aPort((call) => Promise.reject(call.signal.reason));
    const gone = anAbortedCall();
    await expect(port.read('a key', gone)).rejects.toBe(gone.reason);
    expect(calls.map((call) => call.outcome)).toEqual(['aborted']);
  });

  test('each call with its request also where options come after it', async () => {
    const gone = { ...anAbortedCall(), requestId: 'request-2' };
    const read = (_key: string, call: Call, _how: { readonly refresh: boolean }) =>
      Promise.reject<string>(call.signal.reason);
    const told: PortCall[] = [];
    const telemetry = { called: (call: PortCall) => void told.push(call) };
    const port = observed({ read }, { port: 'Shelf', adapter: 'paper', telemetry });
    await expect(port.read('a key', gone, { refresh: true })).rejects.toBe(gone.reason);
    expect(told).toMatchObject([{ outcome: 'aborted', requestId: 'request-2' }]);
  });

  test('nothing of what is no call', () => {
    expect(aPort(async () => '').label()).toBe('not a call');
    expect(calls).toEqual([]);
  });
});
