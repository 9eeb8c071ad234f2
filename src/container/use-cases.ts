import { createBackgroundLoop } from '../adapters/system/background-loop.ts';
import { readDemoMovies } from '../adapters/system/demo-catalog.ts';
import type { Config } from '../config.ts';
import type { App } from '../domain/app.ts';
import { loadDemoCatalog } from '../domain/demo/load-demo-catalog.ts';
import { createDiscovery } from '../domain/discovery/create-discovery.ts';
import type { PopularLists } from '../domain/discovery/popular-lists.ts';
import { rollUpViews } from '../domain/discovery/roll-up-views.ts';
import { createViews } from '../domain/discovery/views.ts';
import { createRateLimits } from '../domain/limits/check-rate-limit.ts';
import type { ResilientCounters } from '../domain/limits/resilient-counters.ts';
import type { CopiedSet } from '../domain/migration/copied-set.ts';
import type { Migration } from '../domain/migration/migration.ts';
import type { ProgramChangeFeed } from '../domain/program/changes.ts';
import { createProgramChanges } from '../domain/program/changes.ts';
import { createPrograms } from '../domain/program/create-programs.ts';
import type { Program } from '../domain/program/program.ts';
import { createProgramImports } from '../domain/program/program-imports.ts';
import type { Readiness } from '../domain/readiness.ts';
import { createReadiness } from '../domain/readiness.ts';
import { createDocuments } from '../domain/search/documents.ts';
import { createSearch } from '../domain/search/search.ts';
import { relaySearch, SEARCH_BATCH } from '../domain/search/search-relay.ts';
import type { ActivityStore } from '../ports/activity-store.ts';
import type { Call } from '../ports/call.ts';
import type { Clock } from '../ports/clock.ts';
import type { CounterStore } from '../ports/counter-store.ts';
import type { HotProgramStore } from '../ports/hot-program-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { Outbox } from '../ports/outbox.ts';
import type { PhaseStore } from '../ports/phase-store.ts';
import type { ProgramCatalog } from '../ports/program-catalog.ts';
import type { RankedLists } from '../ports/ranked-lists.ts';
import type { SearchIndex, SearchTruth } from '../ports/search-index.ts';
import type { SearchLog } from '../ports/search-log.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { TextSearch } from '../ports/text-search.ts';
import { nothingToDispose, singleton } from './registration.ts';

/** What the use cases are made of. */
interface Ports {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly changes: ProgramChangeFeed;
  /** The truth. */
  readonly programCatalog: ProgramCatalog;
  /** Programs as the phase says where to read them. */
  readonly programs: ProgramCatalog;
  readonly popularLists: PopularLists;
  readonly hotProgramStore: HotProgramStore;
  readonly phaseStore: PhaseStore;
  readonly outbox: Outbox;
  readonly programCopies: CopiedSet<Program> | undefined;
  readonly searchTruth: SearchTruth;
  readonly searchCopy: SearchIndex | undefined;
  /** Documents as the phase says where to read them. */
  readonly searchIndex: SearchIndex;
  readonly migration: Migration;
  readonly textSearch: TextSearch;
  readonly searchLog: SearchLog;
  readonly rankedLists: RankedLists;
  readonly activityStore: ActivityStore;
  readonly counterStore: CounterStore;
  readonly resilientCounters: ResilientCounters;
}

/** Marks that another instance left, or that were put off, are found this late at most. Milliseconds. */
const RELAY_IDLE_MS = 500;
/** Each round costs some seven statements, however few its marks. A lone write does not wait; those right after it do. */
const RELAY_GATHER_MS = 50;
const ROUND_TIMEOUT_MS = 20_000;

/** The use cases and the work that goes on beside requests. */
export function useCases() {
  return {
    changes: singleton((_ports: object) => createProgramChanges(), nothingToDispose),
    app: singleton((ports: Ports) => createApp(ports), nothingToDispose),
    demoCatalog: singleton(
      ({ programCatalog: catalog, activityStore: activity, changes, clock }: Ports) => ({
        load: (call: Call) =>
          loadDemoCatalog({ catalog, activity, changes, clock, readMovies: readDemoMovies }, call),
      }),
      nothingToDispose,
    ),
    readiness: singleton(readinessOf, nothingToDispose),
    searchRelay: singleton(
      ({ outbox, programCatalog: catalog, searchTruth: searchIndex, textSearch, telemetry }: Ports) =>
        createBackgroundLoop({
          name: 'search.project',
          round: (call) => relaySearch({ outbox, catalog, searchIndex, textSearch }, call),
          full: SEARCH_BATCH,
          idleMs: RELAY_IDLE_MS,
          gatherMs: RELAY_GATHER_MS,
          roundTimeoutMs: ROUND_TIMEOUT_MS,
          telemetry,
        }),
      (loop) => loop.stop(),
    ),
    viewRollUp: singleton(
      ({ config, telemetry, programCatalog: catalog, activityStore: activity, clock, changes }: Ports) =>
        createBackgroundLoop({
          name: 'views.roll-up',
          // One round each interval, however much there was: see rollUpViews.
          round: async (call) => {
            await rollUpViews({ catalog, activity, clock, changes }, call);
            return 0;
          },
          idleMs: config.viewRollUpMs,
          roundTimeoutMs: ROUND_TIMEOUT_MS,
          telemetry,
        }),
      (loop) => loop.stop(),
    ),
  };
}

function readinessOf(ports: Ports): Readiness {
  return createReadiness({
    catalog: ports.programCatalog,
    hotPrograms: ports.hotProgramStore,
    isHotWhole: ports.programCopies !== undefined && ports.config.migration.scope === 'all',
    searchIndex: ports.searchTruth,
    searchCopy: ports.searchCopy,
    counters: ports.counterStore,
    phases: ports.phaseStore,
    clock: ports.clock,
  });
}

function createApp(ports: Ports): App {
  const {
    clock,
    ids,
    changes,
    telemetry,
    programs: catalog,
    programCatalog: truth,
    searchIndex,
    textSearch,
    rankedLists,
  } = ports;
  const { config, activityStore: activity, resilientCounters: counters } = ports;
  const { searchLog, popularLists, migration } = ports;
  return {
    programs: createPrograms({ catalog, truth, clock, ids, changes }),
    imports: createProgramImports({ catalog, clock, changes }),
    discovery: createDiscovery({ catalog, activity, rankedLists, popularLists, clock }),
    views: createViews({ catalog, activity, clock }),
    documents: createDocuments({ searchIndex, textSearch, clock }),
    search: createSearch({ textSearch, searchIndex, searchLog, rankedLists, clock, ids, telemetry }),
    rateLimits: createRateLimits({ counters, onStoreError: config.rateLimits.onStoreError, clock }),
    migration,
  };
}
