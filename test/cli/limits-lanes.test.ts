import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Access } from '../../src/cli/limits/access-reader.ts';
import { createAccessReader } from '../../src/cli/limits/access-reader.ts';
import { decide, lanesOf } from '../../src/cli/limits/lanes.ts';
import { createPeakWatch } from '../../src/cli/limits/peak.ts';
import { createSimulation } from '../../src/cli/limits/simulation.ts';
import { openSimulatedCounters } from '../../src/container/operations/simulated-counters.ts';
import { aCall } from '../support/call.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const LIMIT = 4;
const WINDOW_MS = 1000;
const POLICIES = [`a=${LIMIT}/s`, 'b=20/10s:sliding-window'];

/** Requests of a few clients in the order of their times, over a few windows. */
const requests = fc
  .array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 6000 }),
      client: fc.constantFrom('ann', 'bob'),
      cost: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 80 },
  )
  .map((list) => list.toSorted((a, b) => a.atMs - b.atMs));

/** The requests that one lane admits. */
async function admittedOf(policy: string, log: readonly Access[]): Promise<readonly Access[]> {
  const clock = createFakeClock(0);
  const counters = openSimulatedCounters(clock, 1000);
  const [lane] = lanesOf([policy]);
  if (lane === undefined) throw new Error('no lane');
  const admitted: Access[] = [];
  for (const access of log) {
    clock.set(access.atMs);
    if (await decide(counters, lane, access, aCall())) admitted.push(access);
  }
  return admitted;
}

/** The most units of one client in a window that begins with one of its requests. */
function mostInAnyWindow(admitted: readonly Access[]): number {
  const from = ({ client, atMs }: Access) =>
    admitted.filter((each) => each.client === client && each.atMs >= atMs && each.atMs < atMs + WINDOW_MS);
  return Math.max(0, ...admitted.map((access) => unitsOf(from(access))));
}

const unitsOf = (list: readonly Access[]) => list.reduce((total, { cost }) => total + cost, 0);

describe('the lanes of a simulation', () => {
  it('each count every request that is right, once', async () => {
    const line = fc.oneof(
      requests.map((list) => list.map((access) => JSON.stringify({ ...access, ts: access.atMs + 1e11 }))),
      fc.array(fc.constantFrom('nonsense', '{"client":"ann"}', '')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lists) => {
        const texts = ['{"ts":5,"client":"ann","cost":1}', ...lists.flat()];
        const reader = createAccessReader({ cost: 'cost' });
        const openCounters = openSimulatedCounters;
        const simulation = createSimulation({ lanes: lanesOf(POLICIES), reader, openCounters, maxKeys: 100 });
        for (const [index, text] of texts.entries()) await simulation.add({ line: index + 1, text }, aCall());
        const { requests: right, rejected, lanes } = simulation.result();
        const refused = rejected.reduce((total, { count }) => total + count, 0);
        expect(right + refused).toBe(texts.filter((text) => text !== '').length);
        expect(lanes.map(({ admitted, denied }) => admitted + denied)).toEqual(Array(5).fill(right));
      }),
      { numRuns: 50 },
    );
  });

  it('admit what a fixed window has room for, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (log) => {
        const used = new Map<string, number>();
        const expected = log.filter(({ atMs, client, cost }) => {
          const window = `${client} ${Math.floor(atMs / WINDOW_MS)}`;
          const units = (used.get(window) ?? 0) + cost;
          if (units <= LIMIT) used.set(window, units);
          return units <= LIMIT;
        });
        expect(await admittedOf(`a=${LIMIT}/s:fixed-window`, log)).toEqual(expected);
      }),
    );
  });

  it('admit no more in any window than the algorithm says', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (log) => {
        const sliding = await admittedOf(`a=${LIMIT}/s:sliding-window`, log);
        expect(mostInAnyWindow(sliding)).toBeLessThanOrEqual(LIMIT);
        const bucket = await admittedOf(`a=${LIMIT}/s:token-bucket`, log);
        expect(mostInAnyWindow(bucket)).toBeLessThan(2 * LIMIT);
      }),
    );
  });

  it('are one for each algorithm that a policy leaves open, and one for all that may deny', () => {
    const names = (...texts: readonly string[]) =>
      lanesOf(texts).map(({ name, policies }) => `${name} ${policies.map(({ algorithm }) => algorithm)}`);
    expect(names('a=1/s:open:token-bucket , b=1/m:fixed-window')).toEqual([
      'a token-bucket',
      'b fixed-window',
      'all together token-bucket,fixed-window',
    ]);
    expect(names('ab=1/m:shadow:fixed-window', 'a=1/s')).toEqual([
      'ab fixed-window',
      'a fixed-window',
      'a sliding-window',
      'a token-bucket',
    ]);
  });
});

describe('the peak of a window', () => {
  it('is of one client in one window, and says nothing of nobody', () => {
    const watch = createPeakWatch(1000, 2);
    expect(watch.peak()).toBeUndefined();
    watch.add(998, 'a', 2);
    watch.add(999, 'b', 1);
    watch.add(999, 'c', 9);
    watch.add(1000, 'a', 1);
    expect(watch.peak()).toEqual({ client: 'a', units: 2 });
    watch.add(1999, 'c', 2);
    watch.add(1999, 'c', 1);
    expect(watch.peak()).toEqual({ client: 'c', units: 3 });
  });
});
