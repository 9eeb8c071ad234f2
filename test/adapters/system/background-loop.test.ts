import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createBackgroundLoop } from '../../../src/adapters/system/background-loop.ts';
import type { Call } from '../../../src/ports/call.ts';

function aLoop(
  round: (call: Call) => Promise<number>,
  rhythm: { readonly full?: number; readonly gatherMs?: number } = {},
) {
  const failed = vi.fn();
  const loop = createBackgroundLoop({
    name: 'test.round',
    round,
    idleMs: 60_000,
    roundTimeoutMs: 60_000,
    stopGraceMs: 20,
    ...rhythm,
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

  it('lets small pieces of work gather, but not the first after a quiet time', async () => {
    const begun: number[] = [];
    const { loop } = aLoop(async () => begun.push(performance.now()) && 0, { gatherMs: 300, full: 10 });
    loop.start();
    await vi.waitFor(() => expect(begun).toHaveLength(1));
    await sleep(350);
    const nudgedAt = performance.now();
    const nudging = setInterval(() => loop.nudge(), 1);
    await vi.waitFor(() => expect(begun.length).toBeGreaterThan(3), { interval: 5, timeout: 10_000 });
    clearInterval(nudging);
    await loop.stop();
    const gaps = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
    expect((begun[1] ?? 0) - nudgedAt).toBeLessThan(200);
    for (const gap of gaps) expect(gap).toBeGreaterThan(290);
  });

  it('waits for a nudge after a round that was not full: there is nothing left', async () => {
    const work = [9, 10, 3, 0];
    const round = vi.fn(async () => work.shift() ?? 0);
    const { loop } = aLoop(round, { full: 10 });
    loop.start();
    await sleep(30);
    expect(round).toHaveBeenCalledTimes(1);
    loop.nudge();
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(3));
    await sleep(30);
    expect(round).toHaveBeenCalledTimes(3);
    await loop.stop();
  });

  it('goes on at once after a round that was full', async () => {
    const work = [10, 10, 0];
    const round = vi.fn(async () => work.shift() ?? 0);
    const { loop } = aLoop(round, { gatherMs: 60_000, full: 10 });
    loop.start();
    await vi.waitFor(() => expect(round).toHaveBeenCalledTimes(3));
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
