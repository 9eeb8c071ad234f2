import { describe, expect, it } from 'vitest';
import type { CopyHealth } from '../../../src/domain/migration/copy-health.ts';
import { createCopyHealth } from '../../../src/domain/migration/copy-health.ts';
import type { Watched } from '../../../src/domain/migration/watchdog.ts';
import { createWatchdog, findFault, WATCHDOG } from '../../../src/domain/migration/watchdog.ts';
import type { PhaseStore } from '../../../src/ports/phase-store.ts';
import { aChange } from '../../contracts/phase-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import { aHouse } from './fixture.ts';

const BOUNDS = { maxLagMs: 5000, soakMs: 0, minComparisons: 0, copyReadTimeoutMs: 50 };
const WELL: Watched = {
  tally: { match: 1000 },
  depth: { pending: 3, parked: 0, oldestAgeMs: 5000 },
  health: { reads: 100, errorRate: 0.05, p99Ms: 40, missed: 0 },
};

describe('what the watchdog finds', () => {
  it.each<[string, Partial<Watched>, RegExp]>([
    ['wrong copies', { tally: { match: 998, 'new-missing': 2 } }, /2 of 1000 compared copies are wrong/],
    ['parked keys', { depth: { ...WELL.depth, parked: 1 } }, /1 keys are parked/],
    ['copies that are behind', { depth: { ...WELL.depth, oldestAgeMs: 5001 } }, /5001 ms behind/],
    ['reads that fail', { health: { ...WELL.health, errorRate: 0.06 } }, /6 % of reads of the copy failed/],
    ['slow reads', { health: { ...WELL.health, p99Ms: 41 } }, /take 41 ms, more than 40 ms/],
  ])('is %s', (_name, changes, reason) => {
    const fault = findFault({ ...WELL, ...changes }, BOUNDS);
    expect(fault?.reason).toMatch(reason);
    expect(fault?.severe).toBe(false);
  });

  it('is severe when a copy differs at the same version, were it one', () => {
    const tally = { match: 1_000_000, 'same-version-different': 1 };
    expect(findFault({ ...WELL, tally }, BOUNDS)).toMatchObject({ severe: true });
  });

  it.each<[string, Partial<Watched>]>([
    ['when all is within bounds', {}],
    ['in few comparisons', { tally: { match: 90, 'new-missing': 9 } }],
    ['in comparisons that failed', { tally: { match: 1000, error: 1000 } }],
    ['in few reads', { health: { reads: 19, errorRate: 1, p99Ms: 1000, missed: 0 } }],
  ])('is nothing %s', (_name, changes) => {
    expect(findFault({ ...WELL, ...changes }, BOUNDS)).toBeUndefined();
  });
});

async function aWatch(
  readPercent = 100,
  watched: Partial<Watched> = { depth: { ...WELL.depth, parked: 1 } },
  health: Pick<CopyHealth, 'recent' | 'forget'> = { recent: () => WELL.health, forget: () => undefined },
) {
  const house = aHouse();
  const { phases, elapsedMs } = house;
  for (const [epoch, phase] of (['dual-write', 'read-fallback'] as const).entries())
    await phases.change(
      'programs',
      epoch,
      aChange({ phase, readPercent: epoch === 1 ? readPercent : 0 }),
      aCall(),
    );
  const lowered: string[] = [];
  const watchdog = (store: Pick<PhaseStore, 'read' | 'change'> = phases) => {
    const { tally, depth } = { ...WELL, ...watched };
    return createWatchdog('programs', {
      phases: store,
      outbox: { depth: async () => depth },
      comparisons: { tally: async () => tally },
      bounds: BOUNDS,
      health,
      elapsedMs,
      onLowered: (_dataSet, percent, reason) => void lowered.push(`${percent}: ${reason}`),
    });
  };
  return { ...house, lowered, watchdog, share: () => phases.current('programs').readPercent };
}

/** All is well but for reads that {@link CopyHealth} is told of. */
async function aWatchOfReads(readPercent: number) {
  const reads = { recent: () => health.recent(), forget: () => health.forget() };
  const watched = await aWatch(readPercent, {}, reads);
  const health = createCopyHealth(watched);
  const fail = (times: number): void => {
    for (let read = 0; read < times; read += 1) health.failed();
  };
  return { ...watched, fail, health, watch: watched.watchdog() };
}

describe('the watchdog', () => {
  it('goes down one step at a time, with time between for each to show its effect', async () => {
    const { watchdog, clock, share, phases, lowered } = await aWatch();
    const watch = watchdog();
    const shares: number[] = [];
    for (let second = 0; second < 21; second += 1) {
      await watch(aCall());
      if (shares.at(-1) !== share()) shares.push(share());
      clock.advance(1000);
    }
    expect(shares).toEqual([50, 10, 1, 0]);
    expect(lowered).toHaveLength(4);
    expect(phases.current('programs')).toMatchObject({
      phase: 'read-fallback',
      changedBy: WATCHDOG,
      reason: '1 keys are parked: their copies can not be made',
    });
  });

  it('does not wait after what a person did', async () => {
    const { watchdog, share } = await aWatch(10);
    await watchdog()(aCall());
    expect(share()).toBe(1);
  });

  it('judges what a person raised by the reads since then, and what it lowered itself by those before as well', async () => {
    const { clock, fail, health, phases, share, watch } = await aWatchOfReads(50);
    const raise = async () => {
      const { epoch } = phases.current('programs');
      await phases.change('programs', epoch, aChange({ phase: 'read-fallback', readPercent: 50 }), aCall());
    };
    await watch(aCall());
    fail(20);
    await watch(aCall());
    await watch(aCall());
    expect(share()).toBe(10);
    clock.advance(5000);
    await watch(aCall());
    expect(share()).toBe(1);
    await raise();
    await watch(aCall());
    fail(19);
    await watch(aCall());
    expect([share(), health.recent().reads]).toEqual([50, 19]);
    fail(1);
    await watch(aCall());
    expect(share()).toBe(10);
  });

  it('forgets also when another instance lowered what a person raised before it looked', async () => {
    const { clock, fail, phases, share, watch } = await aWatchOfReads(10);
    await watch(aCall());
    fail(20);
    const change = { phase: 'read-fallback', reason: 'for the test' } as const;
    await phases.change('programs', 2, aChange({ ...change, readPercent: 100 }), aCall());
    await phases.change('programs', 3, { ...change, readPercent: 50, changedBy: WATCHDOG }, aCall());
    await watch(aCall());
    clock.advance(5000);
    await watch(aCall());
    expect(share()).toBe(50);
  });

  it('goes down to nothing at once when a copy differs at the same version, cooling or not', async () => {
    const { watchdog, share, phases } = await aWatch(100, {
      tally: { match: 9, 'same-version-different': 1 },
    });
    const change = {
      phase: 'read-fallback',
      readPercent: 50,
      changedBy: WATCHDOG,
      reason: 'a moment ago',
    } as const;
    await phases.change('programs', 2, change, aCall());
    await watchdog()(aCall());
    expect(share()).toBe(0);
  });

  it('never goes up, however well things are', async () => {
    const { watchdog, clock, share, phases } = await aWatch(10, {});
    const watch = watchdog();
    for (let minute = 0; minute < 60; minute += 1) {
      await watch(aCall());
      clock.advance(60_000);
    }
    expect([share(), phases.current('programs').epoch]).toEqual([10, 2]);
  });

  it.each(['off', 'dual-write', 'primary'] as const)('has no say in %s', async (phase) => {
    const { phases, watchdog } = await aWatch();
    await phases.change('programs', 2, aChange({ phase, readPercent: 100 }), aCall());
    await watchdog()(aCall());
    expect(phases.current('programs').epoch).toBe(3);
  });

  it('of two instances that see the same lowers once', async () => {
    const { watchdog, share, lowered, phases } = await aWatch();
    const same = await phases.read('programs', aCall());
    const late = watchdog({ ...phases, read: async () => same });
    await Promise.all([watchdog()(aCall()), late(aCall())]);
    expect([share(), lowered.length]).toEqual([50, 1]);
  });
});
