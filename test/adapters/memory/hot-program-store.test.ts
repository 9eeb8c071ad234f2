import { randomUUID } from 'node:crypto';
import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import { createMemoryHotProgramStore } from '../../../src/adapters/memory/hot-program-store.ts';
import { START_MS } from '../../contracts/hot-program-store/fixture.ts';
import { hotProgramStoreContract } from '../../contracts/hot-program-store/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

hotProgramStoreContract(async () => {
  const clock = createFakeClock(START_MS);
  const store = createMemoryHotProgramStore({ clock, ids: { next: randomUUID } });
  return { store, clock, differences: memoryDifferences.hotProgramStore };
});
