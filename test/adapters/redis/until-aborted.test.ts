import { describe, expect, it } from 'vitest';
import { untilAborted } from '../../../src/adapters/redis/until-aborted.ts';
import { anAbortedCall } from '../../support/call.ts';

describe('waiting for a reply', () => {
  it('does not send for a caller who has gone', async () => {
    const call = anAbortedCall();
    let sent = false;
    const send = async () => {
      sent = true;
    };
    await expect(untilAborted(call, send)).rejects.toBe(call.reason);
    expect(sent).toBe(false);
  });

  it('ends for all that still wait when the signal says so, in whatever order the others ended', async () => {
    const aborting = new AbortController();
    const replies = Array.from({ length: 6 }, () => Promise.withResolvers<number>());
    const waits = replies.map(({ promise }) => untilAborted({ signal: aborting.signal }, () => promise));
    const failure = new Error('broken');
    replies[2]?.resolve(2);
    replies[5]?.resolve(5);
    replies[0]?.reject(failure);
    await Promise.allSettled([waits[2], waits[5], waits[0]]);
    const reason = new Error('gone');
    aborting.abort(reason);
    for (const { resolve } of replies) resolve(99);
    expect(await Promise.allSettled(waits)).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason },
      { status: 'fulfilled', value: 2 },
      { status: 'rejected', reason },
      { status: 'rejected', reason },
      { status: 'fulfilled', value: 5 },
    ]);
    await expect(untilAborted({ signal: aborting.signal }, async () => 1)).rejects.toBe(reason);
  });

  it('leaves one listener on a signal, however many calls go with it', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = () => {
      listeners += 1;
    };
    for (let call = 0; call < 100; call += 1)
      expect(await untilAborted({ signal }, async () => call)).toBe(call);
    expect(listeners).toBe(1);
  });

  it('rejects when nothing could be sent', async () => {
    const fail = () => {
      throw new TypeError('bad arguments');
    };
    await expect(untilAborted({ signal: new AbortController().signal }, fail)).rejects.toThrow(TypeError);
  });
});
