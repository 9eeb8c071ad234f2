import { createMemoryComparisons } from '../../../src/adapters/memory/comparisons.ts';
import { createMemoryHotProgramStore } from '../../../src/adapters/memory/hot-program-store.ts';
import { createMemoryMigrationJobs } from '../../../src/adapters/memory/migration-jobs.ts';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryPhaseStore } from '../../../src/adapters/memory/phase-store.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import type { HotScope } from '../../../src/domain/migration/hot-scope.ts';
import { ALL_PROGRAMS } from '../../../src/domain/migration/hot-scope.ts';
import { createProgramCopies } from '../../../src/domain/migration/program-copies.ts';
import type { Program, ProgramDraft } from '../../../src/domain/program/program.ts';
import type { HotProgramStore } from '../../../src/ports/hot-program-store.ts';
import { ANY, moment, stored } from '../../contracts/program-catalog/fixture.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

/** Programs, whose every write is marked, and their copies. */
export function aHouse({ scope = ALL_PROGRAMS }: { readonly scope?: HotScope } = {}) {
  const clock = createFakeClock();
  let made = 0;
  const ids = {
    next: () => {
      made += 1;
      return `id-${made}`;
    },
  };
  const outbox = createMemoryOutbox({ clock });
  const catalog = createMemoryProgramCatalog({ outbox, marks: (dataSet) => dataSet === 'programs' });
  const hot = createMemoryHotProgramStore({ clock, ids });
  const over = (store: HotProgramStore) => createProgramCopies({ catalog, hot: store, scope });
  return {
    clock,
    outbox,
    catalog,
    hot,
    set: over(hot),
    /** The same programs, with their copies in another store. */
    over,
    elapsedMs: () => clock.elapsedMs(),
    pause: async (ms: number) => clock.advance(ms),
    phases: createMemoryPhaseStore({ clock }),
    comparisons: createMemoryComparisons({ clock }),
    jobs: createMemoryMigrationJobs({ clock, ids }),
    write: (programId: string, draft: Partial<ProgramDraft> = {}): Promise<Program> =>
      stored(catalog, aDraft({ programId, ...draft })),
    remove: (programId: string) => catalog.delete(programId, ANY, moment(1), aCall()),
    depth: () => outbox.depth('programs', aCall()),
    /** Takes all marks away, as if the copies had been made. */
    forgetMarks: async () =>
      outbox.settle('programs', await outbox.claim('programs', 1000, 0, aCall()), aCall()),
  };
}

export type House = ReturnType<typeof aHouse>;
