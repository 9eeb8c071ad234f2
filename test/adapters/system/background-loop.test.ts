import { describe, expect, it, vi } from 'vitest';
import { createBackgroundLoop } from '../../../src/adapters/system/background-loop.ts';
import type { Call } from '../../../src/ports/call.ts';

function aLoop(round: (call: Call) => Promise<number>, failed = vi.fn()) {
  const loop = createBackgroundLoop({
    name: 'test.round',
    round,
    idleMs: 60_000,
    roundTimeoutMs: 60_000,
    stopGraceMs: 20,
    telemetry: { failed },
  });
  return { loop, failed };
}

describe('createBackgroundLoop', () => {
  it('goes on while there is work, then waits for a nudge', async () => {
    const work = [3, 2, 0, 1, 0];
    const round = vi.fn(async () => work.shift() ?? 0);
    const { loop } = aLoop(round);
    loop.start();
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(3));
    loop.nudge();
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(5));
    await loop.stop();
  });

  it('does not lose a nudge that comes during a round', async () => {
    const gate = Promise.withResolvers<number>();
    const round = vi.fn(async () => 0).mockImplementationOnce(() => gate.promise);
    const { loop } = aLoop(round);
    loop.start();
    loop.nudge();
    gate.resolve(0);
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(2));
    await loop.stop();
  });

  it('reports a failed round and goes on', async () => {
    const round = vi.fn(async () => 0).mockRejectedValueOnce(new Error('store is down'));
    const { loop, failed } = aLoop(round);
    loop.start();
    await vi.waitFor(() => expect(failed).toHaveBeenCalledWith('test.round', new Error('store is down')));
    loop.nudge();
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(2));
    await loop.stop();
  });

  it('lets the round in flight finish when it stops', async () => {
    const gate = Promise.withResolvers<number>();
    const seen: boolean[] = [];
    const { loop } = aLoop(async ({ signal }) => {
      const done = await gate.promise;
      seen.push(signal.aborted);
      return done;
    });
    loop.start();
    const stopped = loop.stop();
    gate.resolve(1);
    await stopped;
    expect(seen).toEqual([false]);
  });

  it('aborts a round that does not end, and reports no failure of that', async () => {
    const { loop, failed } = aLoop(
      ({ signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    loop.start();
    await loop.stop();
    expect(failed).not.toHaveBeenCalled();
  });
});
