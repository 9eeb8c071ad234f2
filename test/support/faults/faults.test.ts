import { describe, expect, it } from 'vitest';
import { StoreThrottled, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import type { Call } from '../../../src/ports/call.ts';
import { aCall, anAbortedCall } from '../call.ts';
import type { Fault, FaultPlan } from './fault.ts';
import { seededFaults } from './seeded-faults.ts';
import { withFaults } from './with-faults.ts';

/** A port as small as one can be, and what reached it. */
function aStore() {
  const values = new Map<string, { count: number }>();
  const reached: string[] = [];
  const store = {
    async get(id: string, call: Call) {
      call.signal.throwIfAborted();
      reached.push(`get ${id}`);
      return values.get(id);
    },
    async add(source: string, ids: readonly string[], _call: Call) {
      reached.push(`add ${ids.join(' ')}`);
      for (const id of ids) values.set(id, { count: (values.get(id)?.count ?? 0) + 1 });
      return `${source} added ${ids.length}`;
    },
    onChange: (listener: () => void) => listener,
    name: 'small',
  };
  return { store, reached, values };
}

const on =
  (wanted: string, at: number, fault: Fault): FaultPlan =>
  (operation, nth) =>
    operation === wanted && nth === at ? fault : undefined;

describe('a port with faults', () => {
  it('is the port itself where the plan has nothing', async () => {
    const { store } = aStore();
    const port = withFaults(store, { plan: () => undefined });
    expect(await port.add('test', ['a', 'b'], aCall())).toBe('test added 2');
    expect(await port.get('a', aCall())).toEqual({ count: 1 });
    expect(await port.get('c', aCall())).toBeUndefined();
  });

  it('passes through what takes no call, and counts none of it', () => {
    const { store } = aStore();
    const port = withFaults(store, { plan: () => ({ kind: 'error' }) });
    const listener = () => undefined;
    expect(port.onChange(listener)).toBe(listener);
    expect(port.name).toBe('small');
  });

  it.each([
    ['error', StoreUnavailable],
    ['throttled', StoreThrottled],
    ['time-out', StoreTimeout],
  ] as const)('raises its error for "%s", and nothing reaches the store', async (kind, expected) => {
    const { store, reached } = aStore();
    const port = withFaults(store, { plan: on('add', 2, { kind }) });
    await port.add('test', ['a'], aCall());
    await expect(port.add('test', ['b'], aCall())).rejects.toBeInstanceOf(expected);
    await port.add('test', ['c'], aCall());
    expect(reached).toEqual(['add a', 'add c']);
  });

  it('applies the call and says that it timed out', async () => {
    const { store, reached } = aStore();
    const port = withFaults(store, { plan: on('add', 1, { kind: 'applied-but-timed-out' }) });
    await expect(port.add('test', ['a', 'b'], aCall())).rejects.toBeInstanceOf(StoreTimeout);
    expect(reached).toEqual(['add a b']);
  });

  it('passes on the first part of a batch, and leaves the array of the caller alone', async () => {
    const { store, reached } = aStore();
    const port = withFaults(store, { plan: on('add', 1, { kind: 'partial-batch', keep: 2 }) });
    const ids = ['a', 'b', 'c'];
    await expect(port.add('test', ids, aCall())).rejects.toBeInstanceOf(StoreUnavailable);
    expect(reached).toEqual(['add a b']);
    expect(ids).toEqual(['a', 'b', 'c']);
  });

  it('says that a partial batch is for calls with an array', async () => {
    const { store, reached } = aStore();
    const port = withFaults(store, { plan: on('get', 1, { kind: 'partial-batch', keep: 1 }) });
    await expect(port.get('a', aCall())).rejects.toThrow(
      '"partial-batch" is for calls with an array; get has none',
    );
    expect(reached).toEqual([]);
  });

  it('waits as long as the sleep it was given, then makes the call', async () => {
    const { store, reached } = aStore();
    const slept: number[] = [];
    const sleep = async (ms: number) => {
      slept.push(ms);
      expect(reached).toEqual([]);
    };
    const port = withFaults(store, { plan: on('get', 1, { kind: 'slow', ms: 700 }), sleep });
    await port.get('a', aCall());
    expect([slept, reached]).toEqual([[700], ['get a']]);
  });

  it('makes no call for a caller that has gone while it slept', async () => {
    const { store, reached } = aStore();
    const caller = new AbortController();
    const reason = new Error('enough');
    const sleep = async () => caller.abort(reason);
    const port = withFaults(store, { plan: on('get', 1, { kind: 'slow', ms: 700 }), sleep });
    await expect(port.get('a', { signal: caller.signal })).rejects.toBe(reason);
    expect(reached).toEqual([]);
  });

  it('sleeps for real where no sleep is given, and wakes up for an abort', async () => {
    const port = withFaults(aStore().store, { plan: on('get', 1, { kind: 'slow', ms: 60_000 }) });
    const caller = new AbortController();
    const answer = port.get('a', { signal: caller.signal });
    caller.abort();
    await expect(answer).rejects.toThrow('aborted');
  });

  it('hangs until the caller gives up, and rejects with its reason', async () => {
    const { store, reached } = aStore();
    const port = withFaults(store, { plan: on('get', 1, { kind: 'hang' }) });
    const caller = new AbortController();
    const reason = new Error('enough');
    const answer = port.get('a', { signal: caller.signal });
    const others = Promise.resolve('still waiting');
    expect(await Promise.race([answer, others])).toBe('still waiting');
    caller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(reached).toEqual([]);
  });

  it('rejects at once for a caller that has gone already, whatever the fault', async () => {
    const call = anAbortedCall();
    const port = withFaults(aStore().store, { plan: () => ({ kind: 'hang' }) });
    await expect(port.get('a', call)).rejects.toBe(call.reason);
  });

  it('answers a stale read with what the same read was answered before', async () => {
    const { store } = aStore();
    const port = withFaults(store, {
      plan: (_, nth) => (nth > 1 && nth < 4 ? { kind: 'stale-read' } : undefined),
    });
    await store.add('test', ['a'], aCall());
    expect(await port.get('a', aCall())).toEqual({ count: 1 });
    await store.add('test', ['a'], aCall());
    expect(await port.get('a', aCall())).toEqual({ count: 1 });
    expect(await port.get('b', aCall())).toBeUndefined();
    expect(await port.get('a', aCall())).toEqual({ count: 2 });
  });

  it('does not know in a stale read what has been made since', async () => {
    const { store } = aStore();
    const port = withFaults(store, { plan: on('get', 2, { kind: 'stale-read' }) });
    expect(await port.get('a', aCall())).toBeUndefined();
    await port.add('test', ['a'], aCall());
    expect(await port.get('a', aCall())).toBeUndefined();
    expect(await port.get('a', aCall())).toEqual({ count: 1 });
  });

  it('tells of every fault', async () => {
    const told: unknown[] = [];
    const port = withFaults(aStore().store, {
      plan: on('get', 2, { kind: 'error' }),
      onFault: (...fault) => told.push(fault),
    });
    await port.get('a', aCall());
    await port.get('a', aCall()).catch(() => undefined);
    expect(told).toEqual([['get', 2, { kind: 'error' }]]);
  });
});

describe('seeded faults', () => {
  const faults = [{ kind: 'error' }, { kind: 'hang' }] as const;
  const drawn = (plan: FaultPlan, operation: string) =>
    Array.from({ length: 2_000 }, (_, index) => plan(operation, index + 1)?.kind);

  it('are the same for the same seed and others for another', () => {
    const plan = seededFaults({ seed: 1, probability: 0.3, faults });
    expect(drawn(plan, 'get')).toEqual(drawn(seededFaults({ seed: 1, probability: 0.3, faults }), 'get'));
    expect(drawn(plan, 'get')).not.toEqual(drawn(seededFaults({ seed: 2, probability: 0.3, faults }), 'get'));
    expect(drawn(plan, 'get')).not.toEqual(drawn(plan, 'put'));
  });

  it('come as often as asked for, each fault as often as the others', () => {
    const kinds = drawn(seededFaults({ seed: 7, probability: 0.3, faults }), 'get');
    const shareOf = (kind: string) => kinds.filter((drawnKind) => drawnKind === kind).length / kinds.length;
    expect(shareOf('error')).toBeCloseTo(0.15, 1);
    expect(shareOf('hang')).toBeCloseTo(0.15, 1);
  });

  it('leave other operations alone, and never or always come at 0 and 1', () => {
    expect(
      drawn(seededFaults({ seed: 1, probability: 1, faults, operations: ['put'] }), 'get'),
    ).not.toContain('error');
    expect(new Set(drawn(seededFaults({ seed: 1, probability: 0, faults }), 'get'))).toEqual(
      new Set([undefined]),
    );
    expect(drawn(seededFaults({ seed: 1, probability: 1, faults }), 'get')).not.toContain(undefined);
  });
});
