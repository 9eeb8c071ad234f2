import { describe, expect, it } from 'vitest';
import { PhaseNotReachable, VersionConflict } from '../../../src/domain/errors.ts';
import { changePhase } from '../../../src/domain/migration/change-phase.ts';
import type { PhaseRequest } from '../../../src/domain/migration/migration.ts';
import type { MigrationDeps } from '../../../src/domain/migration/migration-deps.ts';
import { PHASE_LEASE_MS } from '../../../src/domain/migration/phase-lease.ts';
import { aCall } from '../../support/call.ts';
import { aHouse } from './fixture.ts';

const OPERATOR = { changedBy: 'operator' };

interface Changes {
  readonly blockers?: readonly string[];
  readonly migratable?: boolean;
}

/** An operator, and what happens while the use case waits. */
function anOperator({ blockers = [], migratable = true }: Changes = {}) {
  const house = aHouse();
  const { clock, phases } = house;
  const forced: (readonly string[])[] = [];
  const waits: (() => Promise<unknown>)[] = [];
  const set = {
    migratable,
    splitTruth: async () => [],
    estimate: async () => null,
    examineCopy: async () => blockers,
  };
  const deps: MigrationDeps = {
    ...house,
    sets: { programs: set, search: set },
    bounds: { maxLagMs: 5000, soakMs: 0, minComparisons: 0, copyReadTimeoutMs: 50 },
    leaseMs: PHASE_LEASE_MS,
    pause: async (ms) => {
      clock.advance(ms);
      await waits.shift()?.();
    },
    onForced: (_dataSet, what) => void forced.push(what),
    onJob: () => undefined,
  };
  return {
    clock,
    phases,
    forced,
    waits,
    change: (request: Omit<PhaseRequest, 'changedBy'>) =>
      changePhase(deps, 'programs', { ...request, ...OPERATOR }, aCall()),
    acts: (instance: string, programs: number) => phases.checkIn(instance, { programs, search: 0 }, aCall()),
  };
}

describe('a change of phase', () => {
  it('is made, by whom and why, when nothing stands in its way', async () => {
    const { change } = anOperator();
    expect(await change({ phase: 'dual-write', reason: 'it is time' })).toMatchObject({
      phase: 'dual-write',
      readPercent: 0,
      epoch: 1,
      changedBy: 'operator',
      reason: 'it is time',
    });
  });

  it('to where it is already changes nothing', async () => {
    const { change, phases } = anOperator();
    expect(await change({ phase: 'off' })).toMatchObject({ epoch: 0 });
    expect(phases.current('programs').epoch).toBe(0);
  });

  it('of another record than the caller saw is a conflict', async () => {
    const { change } = anOperator();
    await change({ phase: 'dual-write' });
    await expect(change({ phase: 'off', epoch: 0 })).rejects.toBeInstanceOf(VersionConflict);
  });

  it('that another one overtakes is a conflict', async () => {
    const { change, acts, waits, phases } = anOperator();
    await change({ phase: 'dual-write' });
    await acts('a', 0);
    const other = { phase: 'off', readPercent: 0, changedBy: 'another', reason: '' } as const;
    waits.push(async () => {
      await phases.change('programs', 1, other, aCall());
      await acts('a', 1);
    });
    await expect(change({ phase: 'off', epoch: 1 })).rejects.toBeInstanceOf(VersionConflict);
  });

  it('back from primary reads all from the copy at first, and from dual-write on none', async () => {
    const { change } = anOperator();
    for (const phase of ['dual-write', 'read-fallback', 'primary'] as const)
      await change({ phase, force: true });
    expect(await change({ phase: 'read-fallback' })).toMatchObject({ readPercent: 100 });
    expect(await change({ phase: 'dual-write' })).toMatchObject({ readPercent: 0 });
    expect(await change({ phase: 'read-fallback', force: true })).toMatchObject({ readPercent: 0 });
  });
});

describe('instances', () => {
  it('are waited for, before the change and after it', async () => {
    const { change, acts, waits, phases } = anOperator();
    await change({ phase: 'dual-write' });
    await acts('a', 0);
    const seen: number[] = [];
    const look = () => seen.push(phases.current('programs').epoch);
    waits.push(
      async () => look(),
      async () => {
        look();
        await acts('a', 1);
      },
      async () => look(),
      async () => {
        look();
        await acts('a', 2);
      },
    );
    expect(await change({ phase: 'off' })).toMatchObject({ epoch: 2 });
    expect(seen).toEqual([1, 1, 2, 2]);
  });

  it('that do not come along are named, and can not be forced past', async () => {
    for (const force of [false, true]) {
      const { change, acts, waits, clock, phases } = anOperator();
      await change({ phase: 'dual-write' });
      await acts('slow', 0);
      waits.push(...Array.from({ length: 500 }, () => () => acts('slow', 0)));
      const begun = clock.now();
      await expect(change({ phase: 'off', force })).rejects.toThrow(/instance slow does not act on/);
      expect(clock.now() - begun).toBeLessThan(2 * PHASE_LEASE_MS + 100);
      expect(phases.current('programs').epoch).toBe(1);
    }
  });

  it('that were silent for a lease are not waited for', async () => {
    const { change, acts, clock } = anOperator();
    await change({ phase: 'dual-write' });
    await acts('dead', 0);
    clock.advance(PHASE_LEASE_MS);
    expect(await change({ phase: 'off' })).toMatchObject({ epoch: 2 });
  });
});

describe('what stands in the way', () => {
  it('is told, and nothing is changed', async () => {
    const { change, phases } = anOperator({ blockers: ['the table is missing'] });
    const refusal = change({ phase: 'dual-write' });
    await expect(refusal).rejects.toBeInstanceOf(PhaseNotReachable);
    await expect(refusal).rejects.toMatchObject({ blockers: ['the table is missing'] });
    expect(phases.current('programs').epoch).toBe(0);
  });

  it('is passed over by force, which is told and kept', async () => {
    const { change, forced } = anOperator({ blockers: ['the table is missing'] });
    const record = await change({ phase: 'dual-write', force: true, reason: 'I know' });
    expect(record).toMatchObject({ phase: 'dual-write', reason: 'forced: I know' });
    expect(forced).toEqual([['the table is missing']]);
  });

  it('can not be forced when a phase would be left out', async () => {
    const { change, phases } = anOperator();
    await expect(change({ phase: 'primary', force: true })).rejects.toThrow(/one step at a time/);
    expect(phases.current('programs').epoch).toBe(0);
  });

  it('is that there is one store only', async () => {
    const { change } = anOperator({ migratable: false });
    await expect(change({ phase: 'dual-write' })).rejects.toThrow(/are one store/);
  });
});
