import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { createMemoryActivityStore } from '../adapters/memory/activity-store.ts';
import { createMemoryCounterStore } from '../adapters/memory/counter-store.ts';
import { createMemoryIdempotencyStore } from '../adapters/memory/idempotency-store.ts';
import type { MemoryOutbox } from '../adapters/memory/outbox.ts';
import { createMemoryOutbox } from '../adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../adapters/memory/program-catalog.ts';
import { createMemoryRankedLists } from '../adapters/memory/ranked-lists.ts';
import { createMemorySearchIndex } from '../adapters/memory/search-index.ts';
import { createMemorySearchLog } from '../adapters/memory/search-log.ts';
import { createMemoryTextSearch } from '../adapters/memory/text-search.ts';
import { createPostgresActivityStore } from '../adapters/postgres/activity-store.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { createPostgresIdempotencyStore } from '../adapters/postgres/idempotency-store.ts';
import { createPostgresOutbox } from '../adapters/postgres/outbox.ts';
import { createPostgresProgramCatalog } from '../adapters/postgres/program-catalog.ts';
import { createPostgresRankedLists } from '../adapters/postgres/ranked-lists.ts';
import { createPostgresSearchIndex } from '../adapters/postgres/search-index.ts';
import { createPostgresSearchLog } from '../adapters/postgres/search-log.ts';
import type { Database } from '../adapters/postgres/tables.ts';
import { createPostgresTextSearch } from '../adapters/postgres/text-search.ts';
import type { Config } from '../config.ts';
import type { ActivityStore } from '../ports/activity-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { CounterStore } from '../ports/counter-store.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { Outbox } from '../ports/outbox.ts';
import type { ProgramCatalog } from '../ports/program-catalog.ts';
import type { RankedLists } from '../ports/ranked-lists.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { SearchLog } from '../ports/search-log.ts';
import type { TextSearch } from '../ports/text-search.ts';
import { nothingToDispose, singleton } from './registration.ts';

/** What every choice of an adapter may look at. The database is opened only when a chosen adapter asks for it. */
interface Engines {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly database: Kysely<Database>;
  readonly memoryOutbox: MemoryOutbox;
}

interface DatabaseNeeds {
  readonly config: Config;
  readonly databaseUrl: string | undefined;
  readonly log: Logger;
}

/** The copies that the catalogue leaves marks for. */
const DATA_SETS = ['search'] as const;

const isPostgresCatalog = ({ config }: Engines) => config.adapters.programCatalog === 'postgres';

/** The store ports, each with the adapter that the configuration names. */
export function stores() {
  return { ...engines(), ...catalogStores(), ...requestStores(), ...searchStores(), ...activityStores() };
}

function engines() {
  return {
    database: singleton(
      ({ config, databaseUrl, log }: DatabaseNeeds) => connect(config, databaseUrl, log),
      (database) => database.destroy(),
    ),
    memoryOutbox: singleton(({ clock }: Engines) => createMemoryOutbox({ clock }), nothingToDispose),
  };
}

function catalogStores() {
  return {
    programCatalog: singleton<Engines, ProgramCatalog>(
      (from) =>
        isPostgresCatalog(from)
          ? createPostgresProgramCatalog({ db: from.database, dataSets: DATA_SETS })
          : createMemoryProgramCatalog({ outbox: from.memoryOutbox, dataSets: DATA_SETS }),
      nothingToDispose,
    ),
    outbox: singleton<Engines, Outbox>(
      (from) => (isPostgresCatalog(from) ? createPostgresOutbox({ db: from.database }) : from.memoryOutbox),
      nothingToDispose,
    ),
  };
}

/** What belongs to requests rather than to programs; it lives where the catalogue does. */
function requestStores() {
  return {
    rankedLists: singleton<Engines, RankedLists>(
      (from) =>
        isPostgresCatalog(from)
          ? createPostgresRankedLists({ db: from.database, ids: from.ids })
          : createMemoryRankedLists({ clock: from.clock, ids: from.ids }),
      nothingToDispose,
    ),
    idempotency: singleton<Engines, IdempotencyStore>(
      (from) =>
        isPostgresCatalog(from)
          ? createPostgresIdempotencyStore({ db: from.database })
          : createMemoryIdempotencyStore({ clock: from.clock }),
      nothingToDispose,
    ),
    searchLog: singleton<Engines, SearchLog>(
      (from) =>
        isPostgresCatalog(from)
          ? createPostgresSearchLog({ db: from.database })
          : createMemorySearchLog({ clock: from.clock }),
      nothingToDispose,
    ),
  };
}

function searchStores() {
  return {
    searchIndex: singleton<Engines, SearchIndex>(
      (from) =>
        from.config.adapters.searchIndex === 'postgres'
          ? createPostgresSearchIndex({ db: from.database })
          : createMemorySearchIndex(),
      nothingToDispose,
    ),
    textSearch: singleton<Engines, TextSearch>(
      (from) =>
        from.config.adapters.textSearch === 'postgres'
          ? createPostgresTextSearch({ db: from.database })
          : createMemoryTextSearch(),
      nothingToDispose,
    ),
  };
}

function activityStores() {
  return {
    activityStore: singleton<Engines, ActivityStore>(
      (from) =>
        from.config.adapters.activityStore === 'postgres'
          ? createPostgresActivityStore({ db: from.database, clock: from.clock })
          : createMemoryActivityStore({ clock: from.clock, ids: from.ids }),
      nothingToDispose,
    ),
    counterStore: singleton<Engines, CounterStore>(
      ({ clock, config }) => createMemoryCounterStore({ clock, maxKeys: config.counterMaxKeys }),
      nothingToDispose,
    ),
  };
}

function connect(config: Config, databaseUrl: string | undefined, log: Logger): Kysely<Database> {
  if (config.database === undefined || databaseUrl === undefined) {
    throw new Error('An adapter asks for Postgres, but the configuration names none.');
  }
  return openDatabase({
    connectionString: databaseUrl,
    maxConnections: config.database.poolSize,
    connectTimeoutMs: config.database.connectTimeoutMs,
    statementTimeoutMs: config.database.statementTimeoutMs,
    onIdleError: (error) => log.warn({ err: error }, 'an idle connection to Postgres broke'),
  });
}
