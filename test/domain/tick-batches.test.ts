import { describe, expect, it } from 'vitest';
import { createTickBatches } from '../../src/domain/tick-batches.ts';
import { aCall, anAbortedCall } from '../support/call.ts';

/** Batches of at most three; a batch with a negative number fails. */
function aDoubler() {
  const batches: number[][] = [];
  const double = createTickBatches<number, number>({
    most: 3,
    run: async (items) => {
      batches.push([...items]);
      if (items.some((item) => item < 0)) throw new Error('below nothing');
      return items.map((item) => 2 * item);
    },
    toError: (error) => new Error('translated', { cause: error }),
  });
  return { double, batches };
}

describe('batches of a tick', () => {
  it('take what is asked in one turn of the event loop, in order, so many at a time', async () => {
    const { double, batches } = aDoubler();
    const asked = [1, 2, 3, 4, 5, 6, 7].map((item) => double(item, aCall()));
    expect(batches).toEqual([]);
    expect(await Promise.all(asked)).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect(batches).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it('take also what is asked by those whom others have woken in that turn', async () => {
    const { double, batches } = aDoubler();
    const later = async (item: number) => {
      for (let times = 0; times < 10; times += 1) await Promise.resolve();
      return await double(item, aCall());
    };
    await Promise.all([later(1), double(2, aCall()), later(3)]);
    expect(batches).toEqual([[2, 1, 3]]);
  });

  it('do not wait for one that is under way', async () => {
    const gates: PromiseWithResolvers<readonly string[]>[] = [];
    const run = () => {
      const gate = Promise.withResolvers<readonly string[]>();
      gates.push(gate);
      return gate.promise;
    };
    const ask = createTickBatches<string, string>({ most: 9, run, toError: (error) => error });
    const first = ask('first', aCall());
    await new Promise(setImmediate);
    const second = ask('second', aCall());
    await new Promise(setImmediate);
    gates[1]?.resolve(['2']);
    expect(await second).toBe('2');
    gates[0]?.resolve(['1']);
    expect(await first).toBe('1');
  });

  it('fail for all that are in them, and for nobody else', async () => {
    const { double } = aDoubler();
    const asked = [1, -2, 3, 4].map((item) => double(item, aCall()));
    const outcomes = await Promise.allSettled(asked);
    const failure = {
      status: 'rejected',
      reason: { message: 'translated', cause: { message: 'below nothing' } },
    };
    expect(outcomes).toMatchObject([failure, failure, failure, { status: 'fulfilled', value: 8 }]);
  });

  it('leave out who has gone before they leave', async () => {
    const { double, batches } = aDoubler();
    const leaving = new AbortController();
    const gone = anAbortedCall();
    const asked = [gone, leaving, aCall()].map(({ signal }, item) => double(item, { signal }));
    leaving.abort(new Error('left'));
    expect(await Promise.allSettled(asked)).toMatchObject([
      { reason: gone.reason },
      { reason: { message: 'left' } },
      { value: 4 },
    ]);
    expect(batches).toEqual([[2]]);
  });

  it('end for a caller when his signal says so, while the others wait', async () => {
    const gate = Promise.withResolvers<readonly number[]>();
    const ask = createTickBatches<number, number>({
      most: 9,
      run: () => gate.promise,
      toError: (error) => error,
    });
    const leaving = new AbortController();
    const [left, stayed] = [ask(1, leaving), ask(2, aCall())];
    await new Promise(setImmediate);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    gate.resolve([1, 2]);
    expect(await stayed).toBe(2);
  });

  it('are given up when all of their callers have gone, not before', async () => {
    const signals: AbortSignal[] = [];
    const ask = createTickBatches<number, number>({
      most: 9,
      run: (_items, { signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
      toError: (error) => error,
    });
    const callers = [new AbortController(), new AbortController()];
    const asked = callers.map((caller, item) => ask(item, caller));
    await new Promise(setImmediate);
    callers[0]?.abort(new Error('first'));
    expect(signals[0]?.aborted).toBe(false);
    callers[1]?.abort(new Error('last'));
    expect(signals[0]?.reason).toMatchObject({ message: 'last' });
    expect(await Promise.allSettled(asked)).toMatchObject([
      { reason: { message: 'first' } },
      { reason: { message: 'last' } },
    ]);
  });
});
