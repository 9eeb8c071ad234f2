import { describe } from 'vitest';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import { programCatalogContract } from '../../contracts/program-catalog/index.ts';

describe('the memory catalogue', () => {
  programCatalogContract(async () => {
    const outbox = createMemoryOutbox({ clock: { now: () => Date.now() } });
    return { outbox, catalog: createMemoryProgramCatalog({ outbox, dataSets: ['search'] }) };
  });
});
