import type { MemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import type { CopiedSet } from '../../../src/domain/migration/copied-set.ts';
import type { Program } from '../../../src/domain/program/program.ts';
import type { HotProgramStore } from '../../../src/ports/hot-program-store.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import type { FakeClock } from '../../support/fake-clock.ts';

/** What a house has in place of the real thing, to see that the model notices. */
export interface Variant {
  readonly hot?: (store: HotProgramStore, clock: FakeClock) => HotProgramStore;
  readonly outbox?: (clock: FakeClock) => MemoryOutbox & Partial<Numbered>;
  /** Writers ask the view of their instance whether to mark, and not the record. */
  readonly marksByView?: boolean;
  /** What an instance reads the copy through. */
  readonly copies?: (set: CopiedSet<Program>) => CopiedSet<Program>;
}

/** An outbox that numbers writes when they begin. */
export interface Numbered {
  /** How the catalogue makes its writes, at the caller's end and at the store's. */
  atCaller(catalog: ProgramCatalog): ProgramCatalog;
  atStore(catalog: ProgramCatalog): ProgramCatalog;
}
