import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreTimeout } from '../../src/domain/errors.ts';
import { inTime } from '../../src/domain/in-time.ts';
import { aCall } from '../support/call.ts';

const DEADLINE = { store: 'the store', timeoutMs: 50 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('inTime', () => {
  it('answers what the work answers, and leaves no timer', async () => {
    expect(await inTime(async () => 'done', aCall(), DEADLINE)).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('throws what the work throws, and leaves no timer', async () => {
    const fail = async () => {
      throw new Error('broken');
    };
    await expect(inTime(fail, aCall(), DEADLINE)).rejects.toThrow('broken');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is a time-out at the deadline, though the work heeds no signal, and aborts its signal', async () => {
    let signal = new AbortController().signal;
    const never = inTime(
      (call) => {
        signal = call.signal;
        return new Promise(() => undefined);
      },
      aCall(),
      DEADLINE,
    );
    const late = expect(never).rejects.toBeInstanceOf(StoreTimeout);
    await vi.advanceTimersByTimeAsync(49);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    await late;
    expect(signal.aborted).toBe(true);
  });

  it('takes an answer that came while the process was held up past the deadline', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const answer = inTime(() => promise, aCall(), DEADLINE);
    // Timers come first in a turn of the event loop, then what arrived, then immediates.
    setTimeout(() => resolve('in time'), 50);
    await vi.advanceTimersByTimeAsync(60);
    expect(await answer).toBe('in time');
  });

  it("rejects with the caller's reason as soon as that goes, and aborts the work's signal", async () => {
    const caller = new AbortController();
    const reason = new Error('gone');
    let signal = caller.signal;
    const waiting = inTime(
      (call) => {
        signal = call.signal;
        return new Promise(() => undefined);
      },
      { signal: caller.signal },
      DEADLINE,
    );
    caller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(signal.reason).toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is over takes nobody else from the signal, whenever its work ends', async () => {
    const caller = new AbortController();
    const call = { signal: caller.signal };
    const first = Promise.withResolvers<void>();
    const late = inTime(() => first.promise, call, DEADLINE);
    const expired = expect(late).rejects.toBeInstanceOf(StoreTimeout);
    await vi.advanceTimersByTimeAsync(51);
    await expired;
    const other = inTime(() => new Promise(() => undefined), call, { ...DEADLINE, timeoutMs: 1000 });
    first.resolve();
    await vi.advanceTimersByTimeAsync(1);
    caller.abort('gone');
    await expect(other).rejects.toBe('gone');
  });

  it('that ended has left the signal', async () => {
    const caller = new AbortController();
    let rejected = 0;
    const done = inTime(async () => 'done', { signal: caller.signal }, DEADLINE);
    done.catch(() => {
      rejected += 1;
    });
    await done;
    caller.abort('gone');
    await vi.advanceTimersByTimeAsync(1);
    expect(rejected).toBe(0);
  });

  it('does not begin for a caller who has gone', async () => {
    const work = vi.fn(async () => 'done');
    await expect(inTime(work, { signal: AbortSignal.abort('gone') }, DEADLINE)).rejects.toBe('gone');
    expect(work).not.toHaveBeenCalled();
  });
});
