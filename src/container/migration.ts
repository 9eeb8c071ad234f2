import type { PhaseWatch } from '../adapters/migration/phase-watch.ts';
import { createMigratingPopularLists } from '../adapters/migration/popular-lists.ts';
import { createMigratingProgramCatalog } from '../adapters/migration/program-catalog.ts';
import { createMigratingSearchIndex } from '../adapters/migration/search-index.ts';
import { createVersionedPrograms } from '../adapters/migration/versioned-programs.ts';
import type { Config } from '../config.ts';
import type { PopularLists } from '../domain/discovery/popular-lists.ts';
import { createCatalogPopularLists } from '../domain/discovery/popular-lists.ts';
import type { CopiedSet } from '../domain/migration/copied-set.ts';
import { createDocumentCopies } from '../domain/migration/document-copies.ts';
import type { HotLists } from '../domain/migration/hot-lists.ts';
import { createHotLists } from '../domain/migration/hot-lists.ts';
import type { HotScope, PopularScope } from '../domain/migration/hot-scope.ts';
import { ALL_PROGRAMS, createPopularScope } from '../domain/migration/hot-scope.ts';
import { createProgramCopies } from '../domain/migration/program-copies.ts';
import type { Program } from '../domain/program/program.ts';
import type { SearchDocument } from '../domain/search/document.ts';
import type { Call } from '../ports/call.ts';
import type { Clock, MonotonicClock } from '../ports/clock.ts';
import type { Comparisons } from '../ports/comparisons.ts';
import type { HotProgramStore } from '../ports/hot-program-store.ts';
import type { Leases } from '../ports/leases.ts';
import type { Outbox } from '../ports/outbox.ts';
import type { ProgramCatalog } from '../ports/program-catalog.ts';
import type { RankedLists } from '../ports/ranked-lists.ts';
import type { SearchIndex, SearchTruth } from '../ports/search-index.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { CopyReads } from './migration/copy-reads.ts';
import { createCopyReads } from './migration/copy-reads.ts';
import { migrationWork } from './migration/work.ts';
import { nothingToDispose, singleton } from './registration.ts';

/** What reads of data with copies are made of. */
interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly monotonicClock: MonotonicClock;
  readonly telemetry: Telemetry;
  readonly instanceId: string;
  readonly programCatalog: ProgramCatalog;
  readonly hotProgramStore: HotProgramStore;
  readonly searchTruth: SearchTruth;
  readonly searchCopy: SearchIndex | undefined;
  readonly rankedLists: RankedLists;
  readonly outbox: Outbox;
  readonly comparisons: Comparisons;
  readonly leases: Leases;
  readonly phaseWatch: PhaseWatch;
  readonly popularScope: PopularScope | undefined;
  readonly programCopies: CopiedSet<Program> | undefined;
  readonly documentCopies: CopiedSet<SearchDocument> | undefined;
  readonly programReads: CopyReads<Program> | undefined;
  readonly documentReads: CopyReads<SearchDocument> | undefined;
  readonly programs: ProgramCatalog;
  readonly hotLists: HotLists;
  readonly nudgeRelays: () => void;
}

/**
 * What stands between the use cases and the stores while data moves: programs, search documents and popular lists, each read from the
 * truth or its copy as the phase says. A data set whose truth and copy are one store has none of it.
 */
export function migration() {
  return { ...copies(), ...reads(), ...decorated(), ...migrationWork() };
}

function copies() {
  return {
    popularScope: singleton(
      ({ config, programCatalog: catalog }: Parts) =>
        config.migration.scope === 'popular'
          ? createPopularScope({ catalog, minViews: config.migration.minViews })
          : undefined,
      nothingToDispose,
    ),
    programCopies: singleton(
      ({ config, programCatalog: catalog, hotProgramStore: hot, popularScope }: Parts) =>
        hasHotPrograms(config)
          ? createProgramCopies({ catalog, hot, scope: (popularScope ?? ALL_PROGRAMS) satisfies HotScope })
          : undefined,
      nothingToDispose,
    ),
    documentCopies: singleton(
      ({ searchTruth: truth, searchCopy: copy }: Parts) => copy && createDocumentCopies({ truth, copy }),
      nothingToDispose,
    ),
  };
}

/**
 * A copy in one process's memory of a catalogue that outlives it would be empty after each start and unknown to the other instances:
 * it could never be a migration's goal.
 */
function hasHotPrograms({ adapters }: Config): boolean {
  return adapters.hotProgramStore !== 'memory' || adapters.programCatalog === 'memory';
}

function reads() {
  return {
    programReads: singleton((parts: Parts) => {
      const { programCopies: set, programCatalog: catalog, config } = parts;
      return (
        set &&
        createCopyReads(parts, {
          set,
          readTruth: oneOrMany(catalog),
          keyOf: ({ programId }) => programId,
          isWhole: config.migration.scope === 'all',
        })
      );
    }, nothingToDispose),
    documentReads: singleton((parts: Parts) => {
      const { documentCopies: set, searchTruth } = parts;
      return (
        set &&
        createCopyReads(parts, {
          set,
          readTruth: oneOrMany(searchTruth),
          keyOf: ({ contentId }) => contentId,
          isWhole: true,
        })
      );
    }, nothingToDispose),
  };
}

/** A read of one key is one for the metrics too. */
function oneOrMany<Value>(store: {
  get(key: string, call: Call): Promise<Value | undefined>;
  getMany(keys: readonly string[], call: Call): Promise<readonly Value[]>;
}) {
  return async (keys: readonly string[], call: Call): Promise<readonly Value[]> => {
    const [only, ...others] = keys;
    if (only === undefined || others.length > 0) return store.getMany(keys, call);
    const value = await store.get(only, call);
    return value === undefined ? [] : [value];
  };
}

function decorated() {
  return {
    programs: singleton(
      ({ programCatalog: catalog, programReads, nudgeRelays: onWrite }: Parts) =>
        programReads === undefined
          ? catalog
          : createMigratingProgramCatalog({
              catalog,
              read: programReads.read,
              recent: programReads.recent,
              onWrite,
            }),
      nothingToDispose,
    ),
    searchIndex: singleton(
      ({ searchTruth: truth, searchCopy: copy, documentReads, nudgeRelays: onWrite }: Parts): SearchIndex =>
        copy === undefined || documentReads === undefined
          ? truth
          : createMigratingSearchIndex({ truth, copy, onWrite, ...documentReads }),
      nothingToDispose,
    ),
    popularLists: singleton(popularListsOf, nothingToDispose),
    hotLists: singleton(
      ({ programCatalog: catalog, hotProgramStore: hot, leases, instanceId, clock }: Parts) =>
        createHotLists({ catalog, hot, leases, instanceId, freshMs: LIST_FRESH_MS, now: () => clock.now() }),
      nothingToDispose,
    ),
  };
}

const LIST_FRESH_MS = 5000;
const KEPT_PROGRAMS = 5000;

function popularListsOf(parts: Parts): PopularLists {
  const { programCatalog: catalog, rankedLists, programReads, hotProgramStore: hot, hotLists } = parts;
  const catalogLists = createCatalogPopularLists({ catalog, rankedLists });
  if (programReads === undefined) return catalogLists;
  return createMigratingPopularLists({
    catalogLists,
    hot,
    programs: parts.programs,
    kept: createVersionedPrograms(KEPT_PROGRAMS),
    recent: programReads.recent,
    readList: programReads.readList,
    onAsked: (filter, slice) => hotLists.asked(filter, slice),
  });
}
