import { createMemoryHotProgramStore } from '../../../src/adapters/memory/hot-program-store.ts';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import { createMigratingProgramCatalog } from '../../../src/adapters/migration/program-catalog.ts';
import type { HotScope } from '../../../src/domain/migration/hot-scope.ts';
import { ALL_PROGRAMS, createPopularScope } from '../../../src/domain/migration/hot-scope.ts';
import { createProgramCopies } from '../../../src/domain/migration/program-copies.ts';
import type { ReadPhase } from '../../../src/domain/migration/read-rules.ts';
import { relayCopies } from '../../../src/domain/migration/relay.ts';
import type { Phase } from '../../../src/ports/phase-store.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import type { CatalogFixture } from '../../contracts/program-catalog/fixture.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { FaultPlan } from '../../support/faults/fault.ts';
import { withFaults } from '../../support/faults/with-faults.ts';
import { readsIn } from './reads-fixture.ts';

export interface MigratingCatalogOptions {
  readonly phase: ReadPhase;
  readonly scope?: HotScope['name'];
  /** `current`: the relay runs before each read, so copies answer; `behind`: it never runs. */
  readonly copies: 'current' | 'behind';
  /** What reads of the copy meet. */
  readonly faults?: FaultPlan;
}

/**
 * The catalogue as the service reads it in one phase. Which writes are marked is for the contract to say, so the relay here has an
 * outbox of its own, in which every write is marked.
 */
export function aMigratingCatalog({
  phase,
  scope = 'all',
  copies,
  faults = () => undefined,
}: MigratingCatalogOptions): CatalogFixture {
  const clock = createFakeClock();
  const relayed = createMemoryOutbox({ clock });
  const marked = aMarkedCatalog();
  const hot = createMemoryHotProgramStore({ clock, ids: { next: () => 'snapshot' } });
  const scoped =
    scope === 'all' ? ALL_PROGRAMS : createPopularScope({ catalog: marked.catalog, minViews: 1 });
  const makeSet = (store: typeof hot) =>
    createProgramCopies({ catalog: marked.catalog, hot: store, scope: scoped });
  const reads = readsIn(
    { phase, outbox: relayed, clock },
    {
      set: makeSet(withFaults(hot, { plan: faults })),
      readTruth: (keys, call) => marked.catalog.getMany(keys, call),
      keyOf: ({ programId }) => programId,
      isWhole: scope === 'all',
    },
  );
  const catalog = createMigratingProgramCatalog({ ...marked, ...reads, onWrite: () => undefined });
  const relay = async () => {
    const deps = { outbox: relayed, set: makeSet(hot), batch: 500, concurrency: 8 };
    while ((await relayCopies(deps, aCall())) > 0);
  };
  return { ...marked, catalog: copies === 'behind' ? catalog : beforeReads(catalog, relay) };

  function aMarkedCatalog() {
    let marking: Phase = 'off';
    const outbox = createMemoryOutbox({ clock });
    const both: typeof outbox = {
      ...outbox,
      markWritten(dataSet, key, version) {
        outbox.markWritten(dataSet, key, version);
        if (dataSet === 'documents') relayed.markWritten('programs', key, version);
      },
    };
    return {
      outbox,
      catalog: createMemoryProgramCatalog({ outbox: both, marks: () => marking !== 'off' }),
      setPhase: async (next: Phase) => {
        marking = next;
      },
    };
  }
}

function beforeReads(catalog: ProgramCatalog, run: () => Promise<void>): ProgramCatalog {
  return {
    ...catalog,
    async get(programId, call) {
      await run();
      return catalog.get(programId, call);
    },
    async getMany(programIds, call) {
      await run();
      return catalog.getMany(programIds, call);
    },
  };
}
