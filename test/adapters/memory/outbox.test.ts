import { describe } from 'vitest';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import { outboxContract } from '../../contracts/outbox/index.ts';

describe('the memory outbox', () => {
  outboxContract(async () => {
    let now = Date.UTC(2026, 2, 1);
    const outbox = createMemoryOutbox({ clock: { now: () => now } });
    const passTime = async (milliseconds: number) => {
      now += milliseconds;
    };
    return { outbox, catalog: createMemoryProgramCatalog({ outbox, dataSets: ['search'] }), passTime };
  });
});
