import { describe, expect, test } from 'vitest';
import { createMemoryPhaseStore } from '../../../src/adapters/memory/phase-store.ts';
import { aChange } from '../../contracts/phase-store/fixture.ts';
import { phaseStoreContract } from '../../contracts/phase-store/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('memory PhaseStore', () => {
  phaseStoreContract(async () => {
    const clock = createFakeClock();
    const store = createMemoryPhaseStore({ clock });
    return { store, other: store, advance: async (ms) => clock.advance(ms) };
  });

  test('says what is in force in the very turn in which it changes', async () => {
    const store = createMemoryPhaseStore({ clock: createFakeClock() });
    expect(store.current('programs')).toMatchObject({ phase: 'off', epoch: 0 });
    const changing = store.change('programs', 0, aChange(), aCall());
    const seen = store.current('programs');
    expect(await changing).toEqual({ outcome: 'changed', record: seen });
    expect(store.current('search')).toMatchObject({ phase: 'off', epoch: 0 });
  });

  test('an instance is not older than nothing when the clock is set back', async () => {
    const clock = createFakeClock();
    const store = createMemoryPhaseStore({ clock });
    await store.checkIn('a', { programs: 0, search: 0 }, aCall());
    clock.set(clock.now() - 60_000);
    expect(await store.instances(aCall())).toMatchObject([{ instanceId: 'a', ageMs: 0 }]);
  });
});
