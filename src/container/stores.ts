import { createDynamodbActivityStore } from '../adapters/dynamodb/activity-store.ts';
import { createDynamodbCounterStore } from '../adapters/dynamodb/counter-store.ts';
import { createDynamodbHotProgramStore } from '../adapters/dynamodb/hot-program-store.ts';
import { createDynamodbSearchIndex } from '../adapters/dynamodb/search-index.ts';
import { observed } from '../adapters/guard/observed.ts';
import { createMemoryActivityStore } from '../adapters/memory/activity-store.ts';
import { createMemoryComparisons } from '../adapters/memory/comparisons.ts';
import { createMemoryCounterStore } from '../adapters/memory/counter-store.ts';
import { createMemoryHotProgramStore } from '../adapters/memory/hot-program-store.ts';
import { createMemoryIdempotencyStore } from '../adapters/memory/idempotency-store.ts';
import { createMemoryLeases } from '../adapters/memory/leases.ts';
import { createMemoryMigrationJobs } from '../adapters/memory/migration-jobs.ts';
import type { MemoryPhaseStore } from '../adapters/memory/phase-store.ts';

import { createMemoryProgramCatalog } from '../adapters/memory/program-catalog.ts';
import { createMemoryRankedLists } from '../adapters/memory/ranked-lists.ts';
import { createMemorySearchIndex } from '../adapters/memory/search-index.ts';
import { createMemorySearchLog } from '../adapters/memory/search-log.ts';
import { createMemoryTextSearch } from '../adapters/memory/text-search.ts';
import { createPostgresActivityStore } from '../adapters/postgres/activity-store.ts';
import { createPostgresComparisons } from '../adapters/postgres/comparisons.ts';
import { createPostgresCounterStore } from '../adapters/postgres/counter-store.ts';
import { createPostgresIdempotencyStore } from '../adapters/postgres/idempotency-store.ts';
import { createPostgresLeases } from '../adapters/postgres/leases.ts';
import { createPostgresMigrationJobs } from '../adapters/postgres/migration-jobs.ts';
import { createPostgresOutbox } from '../adapters/postgres/outbox.ts';
import { createPostgresPhaseStore } from '../adapters/postgres/phase-store.ts';
import { createPostgresProgramCatalog } from '../adapters/postgres/program-catalog.ts';
import { createPostgresRankedLists } from '../adapters/postgres/ranked-lists.ts';
import { createPostgresSearchIndex } from '../adapters/postgres/search-index.ts';
import { createPostgresSearchLog } from '../adapters/postgres/search-log.ts';
import { createPostgresTextSearch } from '../adapters/postgres/text-search.ts';
import { createRedisActivityStore } from '../adapters/redis/activity-store.ts';
import { createRedisCounterStore } from '../adapters/redis/counter-store.ts';
import { createRedisHotProgramStore } from '../adapters/redis/hot-program-store.ts';
import type { Config } from '../config.ts';
import type { ActivityStore } from '../ports/activity-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Comparisons } from '../ports/comparisons.ts';
import type { CounterStore } from '../ports/counter-store.ts';
import type { HotProgramStore } from '../ports/hot-program-store.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { Leases } from '../ports/leases.ts';
import type { MigrationJobs } from '../ports/migration-jobs.ts';
import type { Outbox } from '../ports/outbox.ts';
import type { Migrated, PhaseStore } from '../ports/phase-store.ts';
import type { ProgramCatalog } from '../ports/program-catalog.ts';
import type { RankedLists } from '../ports/ranked-lists.ts';
import type { SearchIndex, SearchTruth } from '../ports/search-index.ts';
import type { SearchLog } from '../ports/search-log.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { TextSearch } from '../ports/text-search.ts';
import type { Engines } from './engines.ts';
import { dynamodbOf } from './engines.ts';
import type { Registration } from './registration.ts';
import { nothingToDispose, singleton } from './registration.ts';

/** What every choice of an adapter may look at. */
interface Parts extends Engines {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}

/** The store ports, each with the adapter that the configuration names, and each call measured. */
export function stores() {
  return { ...catalogStores(), ...migrationStores(), ...requestStores(), ...searchStores(), ...hotStores() };
}

/**
 * A port with the adapter that the configuration names for it. `choice` is the setting: several ports follow the one of the
 * catalogue, because they live where it does.
 */
function chosen<Port extends object | undefined>() {
  return <Choice extends keyof Config['adapters']>(
    port: string,
    choice: Choice,
    adapters: Readonly<Record<Config['adapters'][Choice], (parts: Parts) => Port>>,
  ): Registration<Parts, Port> =>
    singleton((parts: Parts) => {
      const adapter = parts.config.adapters[choice];
      const built = adapters[adapter](parts);
      return built && observed(built, { port, adapter, telemetry: parts.telemetry });
    }, nothingToDispose);
}

/** Writes of a data set leave marks in every phase but `off`. */
function isMarked(phases: MemoryPhaseStore): (dataSet: Migrated) => boolean {
  return (dataSet) => phases.current(dataSet).phase !== 'off';
}

function catalogStores() {
  return {
    programCatalog: chosen<ProgramCatalog>()('ProgramCatalog', 'programCatalog', {
      postgres: ({ database: db, replica, clock, telemetry }) =>
        createPostgresProgramCatalog({
          db,
          ...(replica && { replica: { db: replica, clock, telemetry } }),
        }),
      memory: ({ memoryOutbox: outbox, memoryPhases }) =>
        createMemoryProgramCatalog({ outbox, marks: isMarked(memoryPhases) }),
    }),
    outbox: chosen<Outbox>()('Outbox', 'programCatalog', {
      postgres: ({ database: db, notifications }) => createPostgresOutbox({ db, notifications }),
      memory: ({ memoryOutbox }) => memoryOutbox,
    }),
    leases: chosen<Leases>()('Leases', 'programCatalog', {
      postgres: ({ database: db }) => createPostgresLeases({ db }),
      memory: ({ clock }) => createMemoryLeases({ clock }),
    }),
    phaseStore: chosen<PhaseStore>()('PhaseStore', 'programCatalog', {
      postgres: ({ database: db, notifications }) => createPostgresPhaseStore({ db, notifications }),
      memory: ({ memoryPhases }) => memoryPhases,
    }),
  };
}

/** What a migration keeps of its work. */
function migrationStores() {
  return {
    migrationJobs: chosen<MigrationJobs>()('MigrationJobs', 'programCatalog', {
      postgres: ({ database: db, ids }) => createPostgresMigrationJobs({ db, ids }),
      memory: ({ clock, ids }) => createMemoryMigrationJobs({ clock, ids }),
    }),
    comparisons: chosen<Comparisons>()('Comparisons', 'programCatalog', {
      postgres: ({ database: db }) => createPostgresComparisons({ db }),
      memory: ({ clock }) => createMemoryComparisons({ clock }),
    }),
  };
}

/** What belongs to requests rather than to programs. */
function requestStores() {
  return {
    rankedLists: chosen<RankedLists>()('RankedLists', 'programCatalog', {
      postgres: ({ database: db, ids }) => createPostgresRankedLists({ db, ids }),
      memory: ({ clock, ids }) => createMemoryRankedLists({ clock, ids }),
    }),
    idempotency: chosen<IdempotencyStore>()('IdempotencyStore', 'programCatalog', {
      postgres: ({ database: db }) => createPostgresIdempotencyStore({ db }),
      memory: ({ clock }) => createMemoryIdempotencyStore({ clock }),
    }),
    searchLog: chosen<SearchLog>()('SearchLog', 'programCatalog', {
      postgres: ({ database: db }) => createPostgresSearchLog({ db }),
      memory: ({ clock }) => createMemorySearchLog({ clock }),
    }),
  };
}

function searchStores() {
  return {
    searchTruth: chosen<SearchTruth>()('SearchIndex', 'programCatalog', {
      postgres: ({ database: db }) => createPostgresSearchIndex({ db }),
      memory: ({ memoryOutbox, memoryPhases }) =>
        createMemorySearchIndex({
          onWrite: (contentId, rank) => {
            if (isMarked(memoryPhases)('search')) memoryOutbox.markWritten('search', contentId, rank);
          },
        }),
    }),
    /** The other index that documents are copied to; there is none when the configuration names the truth's own. */
    searchCopy: chosen<SearchIndex | undefined>()('SearchIndex', 'searchIndex', {
      postgres: () => undefined,
      memory: () => undefined,
      dynamodb: ({ dynamodb: client, config, ids, telemetry }) => {
        const { tables, indexShards } = dynamodbOf(config);
        return createDynamodbSearchIndex({ client, table: tables.search, indexShards, ids, telemetry });
      },
    }),
    textSearch: chosen<TextSearch>()('TextSearch', 'textSearch', {
      postgres: ({ database: db }) => createPostgresTextSearch({ db }),
      memory: () => createMemoryTextSearch(),
    }),
  };
}

function hotStores() {
  return {
    hotProgramStore: chosen<HotProgramStore>()('HotProgramStore', 'hotProgramStore', {
      memory: ({ clock, ids }) => createMemoryHotProgramStore({ clock, ids }),
      redis: ({ redis: client, redisKeys: keys, clock, ids }) =>
        createRedisHotProgramStore({ client, keys, clock, ids }),
      dynamodb: ({ dynamodb: client, config, clock, ids }) => {
        const { tables, indexShards } = dynamodbOf(config);
        return createDynamodbHotProgramStore({ client, table: tables.discovery, clock, ids, indexShards });
      },
    }),
    activityStore: chosen<ActivityStore>()('ActivityStore', 'activityStore', {
      memory: ({ clock, ids }) => createMemoryActivityStore({ clock, ids }),
      postgres: ({ database: db, clock }) => createPostgresActivityStore({ db, clock }),
      redis: ({ redis: client, redisKeys: keys, clock, ids }) =>
        createRedisActivityStore({ client, keys, clock, ids }),
      dynamodb: ({ dynamodb: client, config, clock, ids }) => {
        const { tables, indexShards } = dynamodbOf(config);
        return createDynamodbActivityStore({ client, table: tables.activity, clock, ids, indexShards });
      },
    }),
    counterStore: chosen<CounterStore>()('CounterStore', 'counterStore', {
      memory: ({ clock, config }) => createMemoryCounterStore({ clock, maxKeys: config.counterMaxKeys }),
      redis: ({ redis: client, redisKeys: keys }) => createRedisCounterStore({ client, keys }),
      postgres: ({ database: { pool, preparesStatements } }) =>
        createPostgresCounterStore({ pool, preparesStatements }),
      dynamodb: ({ dynamodbOnce: client, config, clock }) =>
        createDynamodbCounterStore({ client, table: dynamodbOf(config).tables.rateLimits, clock }),
    }),
  };
}
