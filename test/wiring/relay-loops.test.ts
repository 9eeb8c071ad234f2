import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Loops } from '../../src/container/migration/loops.ts';
import type { RelayLoopsDeps } from '../../src/container/migration/relay-loops.ts';
import { createRelayLoops } from '../../src/container/migration/relay-loops.ts';
import type { Mark, Outbox } from '../../src/ports/outbox.ts';
import type { House } from '../domain/migration/fixture.ts';
import { aHouse } from '../domain/migration/fixture.ts';
import { aCall } from '../support/call.ts';

beforeEach(() => void vi.useFakeTimers());

let loops: Loops;
let house: House;
/** Of writes that are held, which would keep the loops from stopping. */
let gate: PromiseWithResolvers<void>;
const claim = vi.fn<Outbox['claim']>();
const writeCopy = vi.fn<House['set']['writeCopy']>();

/** The loops of programs alone, over the first looks of both. */
async function startQuietly(): Promise<void> {
  house = aHouse();
  gate = Promise.withResolvers();
  claim.mockReset().mockImplementation((...args) => house.outbox.claim(...args));
  writeCopy.mockReset();
  pass();
  const set = { ...house.set, writeCopy };
  const failed = vi.fn();
  loops = createRelayLoops({
    telemetry: { failed } as Partial<RelayLoopsDeps['telemetry']> as RelayLoopsDeps['telemetry'],
    outbox: { ...house.outbox, claim },
    programCopies: set,
    documentCopies: undefined,
  });
  loops.start();
  await vi.advanceTimersByTimeAsync(60);
  expect(claim).toHaveBeenCalledTimes(2);
  claim.mockClear();
}

function pass(): void {
  writeCopy.mockImplementation((...args) => house.set.writeCopy(...args));
}

/** Every write that begins waits here. */
function hold(): void {
  writeCopy.mockImplementation(async (...args) => {
    await gate.promise;
    return await house.set.writeCopy(...args);
  });
}

/** A round begins whose write hangs; `next` is written so long after. Milliseconds. */
async function writeBesideAStuckRound(afterMs: number): Promise<void> {
  await startQuietly();
  hold();
  await house.write('stuck');
  loops.nudge();
  await vi.advanceTimersByTimeAsync(afterMs);
  pass();
  await house.write('next');
  loops.nudge();
}

afterEach(async () => {
  gate.resolve();
  await loops.stop();
  vi.useRealTimers();
});

describe('the relay of one instance', () => {
  it('makes the copy of a lone write with one claim', async () => {
    await startQuietly();
    await house.write('a');
    loops.nudge();
    await vi.advanceTimersByTimeAsync(10);
    expect(claim).toHaveBeenCalledTimes(1);
    expect(await house.hot.get('a', aCall())).toMatchObject({ outcome: 'hit' });
  });

  it('makes those of many writes with a claim for each 25 ms', async () => {
    await startQuietly();
    for (let at = 0; at < 100; at += 1) {
      await house.write(`p${at}`);
      loops.nudge();
      await vi.advanceTimersByTimeAsync(2);
    }
    expect(claim.mock.calls.length).toBeLessThanOrEqual(9);
    await vi.advanceTimersByTimeAsync(50);
    expect(await house.depth()).toMatchObject({ pending: 0 });
  });

  it('finds what nobody told it of within a quarter of a second', async () => {
    await startQuietly();
    await house.write('a');
    await vi.advanceTimersByTimeAsync(250);
    expect(await house.depth()).toMatchObject({ pending: 0 });
  });

  it('has help while there is more than a batch', async () => {
    await startQuietly();
    hold();
    await Promise.all(Array.from({ length: 501 }, (_, at) => house.write(`p${at}`)));
    loops.nudge();
    await vi.advanceTimersByTimeAsync(10);
    const claimed: readonly (readonly Mark[])[] = await Promise.all(
      claim.mock.results.map(({ value }) => value as Promise<readonly Mark[]>),
    );
    expect(claimed.map((marks) => marks.length)).toEqual([500, 1]);
    gate.resolve();
    await vi.advanceTimersByTimeAsync(300);
    expect(await house.depth()).toMatchObject({ pending: 0 });
  });

  it('has help when a write of its own hangs', async () => {
    await writeBesideAStuckRound(101);
    await vi.advanceTimersByTimeAsync(100);
    expect(await house.hot.get('next', aCall())).toMatchObject({ outcome: 'hit' });
    gate.resolve();
    await vi.advanceTimersByTimeAsync(10);
    expect(await house.hot.get('stuck', aCall())).toMatchObject({ outcome: 'hit' });
  });

  it('has help for what was marked soon after a round began that hangs', async () => {
    await writeBesideAStuckRound(20);
    await vi.advanceTimersByTimeAsync(90);
    expect(await house.hot.get('next', aCall())).toMatchObject({ outcome: 'hit' });
  });

  it('wakes no helper for what it can do alone', async () => {
    await startQuietly();
    await vi.advanceTimersByTimeAsync(880);
    expect(claim.mock.calls.length).toBeLessThanOrEqual(4);
  });
});
