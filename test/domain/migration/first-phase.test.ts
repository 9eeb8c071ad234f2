import { describe, expect, it, vi } from 'vitest';
import { createMemoryPhaseStore } from '../../../src/adapters/memory/phase-store.ts';
import { StoreUnavailable } from '../../../src/domain/errors.ts';
import { applyFirstPhase } from '../../../src/domain/migration/first-phase.ts';
import { aChange } from '../../contracts/phase-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const aStore = () => createMemoryPhaseStore({ clock: createFakeClock() });

describe('applyFirstPhase', () => {
  it.each([
    ['dual-write', 0],
    ['read-fallback', 100],
    ['primary', 100],
  ] as const)(
    'gives a record that was never changed %s, with %i %% of the reads',
    async (phase, readPercent) => {
      const store = aStore();
      expect(await applyFirstPhase(store, { programs: phase, search: 'off' }, aCall())).toEqual(['programs']);
      expect(store.current('programs')).toMatchObject({
        phase,
        readPercent,
        epoch: 1,
        changedBy: 'configuration',
      });
      expect(store.current('search').epoch).toBe(0);
    },
  );

  it('changes nothing where off is configured, or nothing', async () => {
    const store = aStore();
    expect(await applyFirstPhase(store, { programs: 'off' }, aCall())).toEqual([]);
    expect([store.current('programs').epoch, store.current('search').epoch]).toEqual([0, 0]);
  });

  it('leaves a record alone that was changed, back to off too', async () => {
    const store = aStore();
    await store.change('programs', 0, aChange(), aCall());
    await store.change('search', 0, aChange(), aCall());
    await store.change('search', 1, aChange({ phase: 'off' }), aCall());
    expect(await applyFirstPhase(store, { programs: 'primary', search: 'primary' }, aCall())).toEqual([]);
    expect(store.current('programs')).toMatchObject({ phase: 'dual-write', epoch: 1 });
    expect(store.current('search')).toMatchObject({ phase: 'off', epoch: 2 });
  });

  it('is made once when many instances start at the same time', async () => {
    const store = aStore();
    const all = await Promise.all(
      Array.from({ length: 20 }, () =>
        applyFirstPhase(store, { programs: 'dual-write', search: 'primary' }, aCall()),
      ),
    );
    expect(all.flat().sort()).toEqual(['programs', 'search']);
    expect([store.current('programs').epoch, store.current('search').epoch]).toEqual([1, 1]);
  });

  it('raises what the store raises', async () => {
    const away = new StoreUnavailable('the store', undefined);
    const read = vi.fn(async () => Promise.reject(away));
    await expect(applyFirstPhase({ ...aStore(), read }, { search: 'primary' }, aCall())).rejects.toBe(away);
  });
});
