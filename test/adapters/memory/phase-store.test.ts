import { describe } from 'vitest';
import { createMemoryPhaseStore } from '../../../src/adapters/memory/phase-store.ts';
import { phaseStoreContract } from '../../contracts/phase-store/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('memory PhaseStore', () => {
  phaseStoreContract(async () => {
    const store = createMemoryPhaseStore({ clock: createFakeClock() });
    return { store, other: store };
  });
});
