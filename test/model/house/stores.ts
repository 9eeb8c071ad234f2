import { createMemoryComparisons } from '../../../src/adapters/memory/comparisons.ts';
import { createMemoryHotProgramStore } from '../../../src/adapters/memory/hot-program-store.ts';
import { createMemoryMigrationJobs } from '../../../src/adapters/memory/migration-jobs.ts';
import type { MemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryPhaseStore } from '../../../src/adapters/memory/phase-store.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import { aCall } from '../../support/call.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import type { Ledger } from './ledger.ts';
import type { Variant } from './variant.ts';

/** The stores of a house, as they are: calls are made at once and never fail. */
export type Stores = ReturnType<typeof createStores>;

export function createStores(clock: FakeClock, ledger: Ledger, variant: Variant) {
  let made = 0;
  const ids = {
    next: () => {
      made += 1;
      return `id-${made}`;
    },
  };
  const phases = createMemoryPhaseStore({ clock });
  const outbox = variant.outbox?.(clock) ?? createMemoryOutbox({ clock });
  const hot = createMemoryHotProgramStore({ clock, ids });
  /** Of the instance whose write is being made. */
  let writerSeesMarks = () => false;
  const isMarked = () => phases.current('programs').phase !== 'off';
  const catalog: ProgramCatalog = createMemoryProgramCatalog({
    outbox: watched(outbox, (key) => void note(key)),
    marks: () => (variant.marksByView === true ? writerSeesMarks() : isMarked()),
  });
  const note = async (key: string) => {
    const asked = isMarked();
    const [state] = await catalog.currentStates([key], aCall());
    if (state === undefined) return;
    const { version, title, viewCount } = state.deleted
      ? { version: state.version, title: undefined, viewCount: 0 }
      : state.program;
    ledger.wrote(key, { version, title, viewCount, isMarked: asked });
  };
  return {
    phases,
    outbox,
    hot: ledger.watch(variant.hot?.(hot, clock) ?? hot),
    comparisons: createMemoryComparisons({ clock }),
    jobs: createMemoryMigrationJobs({ clock, ids }),
    catalog,
    /** The catalogue for one writer. */
    catalogFor: (seesMarks: () => boolean): ProgramCatalog => {
      const by =
        <Args extends readonly unknown[], Result>(write: (...args: Args) => Promise<Result>) =>
        (...args: Args) => {
          writerSeesMarks = seesMarks;
          return write(...args);
        };
      const { put, putMany, delete: remove, addViews } = catalog;
      return {
        ...catalog,
        put: by(put),
        putMany: by(putMany),
        delete: by(remove),
        addViews: by(addViews),
      };
    },
  };
}

// Search documents have no part in this: their marks only tell that a write was made.
function watched(outbox: MemoryOutbox, onWrite: (key: string) => void): MemoryOutbox {
  return {
    ...outbox,
    markWritten(dataSet, key, version) {
      if (dataSet === 'documents') onWrite(key);
      else outbox.markWritten(dataSet, key, version);
    },
  };
}
