import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemorySearchIndex } from '../../../src/adapters/memory/search-index.ts';
import { createMigratingSearchIndex } from '../../../src/adapters/migration/search-index.ts';
import { createDocumentCopies } from '../../../src/domain/migration/document-copies.ts';
import type { ReadPhase } from '../../../src/domain/migration/read-rules.ts';
import { relayCopies } from '../../../src/domain/migration/relay.ts';
import type { SearchIndex } from '../../../src/ports/search-index.ts';
import type { SearchIndexFixture } from '../../contracts/search-index/fixture.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { FaultPlan } from '../../support/faults/fault.ts';
import { withFaults } from '../../support/faults/with-faults.ts';
import { readsIn } from './reads-fixture.ts';

export interface MigratingIndexOptions {
  readonly phase: ReadPhase;
  /** `behind`: the relay runs before a list alone, which may lag by what the port declares (`staleLists`). */
  readonly copies: 'current' | 'behind';
  /** What reads of the copy meet. */
  readonly faults?: FaultPlan;
}

/** The search index as the service reads it in one phase. Where copies are to be `current` the relay runs before each read. */
export function aMigratingIndex({
  phase,
  copies,
  faults = () => undefined,
}: MigratingIndexOptions): SearchIndexFixture {
  const clock = createFakeClock();
  const outbox = createMemoryOutbox({ clock });
  const truth = createMemorySearchIndex({
    onWrite: (contentId, rank) => outbox.markWritten('search', contentId, rank),
  });
  const store = createMemorySearchIndex();
  const copy = withFaults(store, { plan: faults });
  const reads = readsIn(
    { phase, outbox, clock },
    {
      set: createDocumentCopies({ truth, copy }),
      readTruth: (keys, call) => truth.getMany(keys, call),
      keyOf: ({ contentId }) => contentId,
      isWhole: true,
    },
  );
  const index = createMigratingSearchIndex({ truth, copy, onWrite: () => undefined, ...reads });
  const set = createDocumentCopies({ truth, copy: store });
  const relay = async () => {
    while ((await relayCopies({ outbox, set, batch: 500, concurrency: 8 }, aCall())) > 0);
  };
  const listed = beforeLists(index, relay);
  return {
    index: copies === 'behind' ? listed : beforeReads(listed, relay),
    differences: { staleLists: false },
  };
}

function beforeReads(index: SearchIndex, run: () => Promise<void>): SearchIndex {
  return {
    ...index,
    async get(contentId, call) {
      await run();
      return index.get(contentId, call);
    },
    async getMany(contentIds, call) {
      await run();
      return index.getMany(contentIds, call);
    },
  };
}

function beforeLists(index: SearchIndex, run: () => Promise<void>): SearchIndex {
  return {
    ...index,
    async list(query, call) {
      await run();
      return index.list(query, call);
    },
  };
}
