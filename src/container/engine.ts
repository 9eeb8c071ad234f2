import type { Logger } from 'pino';
import { openDatabase } from '../adapters/postgres/database.ts';
import { findEmbeddedPostgres } from '../adapters/postgres/embedded/find-embedded-postgres.ts';
import { publishServiceUrl, readServiceLock } from '../adapters/postgres/embedded/service-lock.ts';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded/start-embedded-postgres.ts';
import { migrateToLatest } from '../adapters/postgres/migrate.ts';
import type { Config } from '../config.ts';

/** The engines behind the adapters: reachable and with the newest schema. */
export interface Engine {
  readonly databaseUrl: string | undefined;
  /** Stops what is ours; a server named by the environment is left alone. */
  stop(): Promise<void>;
}

/** A migration may build indexes, or wait for another instance that does. */
const MIGRATION_TIMEOUT_MS = 600_000;

export interface EngineOptions {
  /** Works on the embedded database of a service that runs already, where there is one, instead of starting it. */
  readonly beside?: boolean;
  /** An embedded database that was started here ended by itself. */
  readonly onExit?: (() => void) | undefined;
}

/** Starts the engines that are ours and brings the schema up to date. */
export async function startEngine(
  config: Config,
  log: Logger,
  { beside = false, onExit }: EngineOptions = {},
): Promise<Engine> {
  const open = beside ? reachEngine : openEngine;
  const engine = await open(config, log, onExit);
  try {
    if (engine.databaseUrl !== undefined) await migrate(engine.databaseUrl, log);
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** Where a live service on this configuration's data directory answers, if there is one. */
export async function findRunningService(config: Config): Promise<string | undefined> {
  if (config.database?.url !== 'embedded') return undefined;
  const holder = await readServiceLock(config.dataDir);
  return holder?.alive === true ? holder.url : undefined;
}

/** Lets {@link findRunningService} of other processes find this one. */
export async function announceService(config: Config, url: string): Promise<void> {
  if (config.database?.url === 'embedded') await publishServiceUrl(config.dataDir, url);
}

/** For commands that work beside a service: the engines of one that runs on this configuration's data directory, else opened. */
export async function reachEngine(config: Config, log: Logger, onExit?: () => void): Promise<Engine> {
  const running =
    config.database?.url === 'embedded' ? await findEmbeddedPostgres(config.dataDir) : undefined;
  return running === undefined
    ? await openEngine(config, log, onExit)
    : { databaseUrl: running, stop: async () => undefined };
}

async function openEngine(config: Config, log: Logger, onExit?: () => void): Promise<Engine> {
  const url = config.database?.url;
  if (url !== 'embedded') return { databaseUrl: url, stop: async () => undefined };
  const postgres = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: (message) => log.info(message),
    ...(onExit && { onExit }),
  });
  return { databaseUrl: postgres.url, stop: () => postgres.stop() };
}

async function migrate(connectionString: string, log: Logger): Promise<void> {
  const db = openDatabase({
    connectionString,
    maxConnections: 2,
    connectTimeoutMs: 5000,
    statementTimeoutMs: MIGRATION_TIMEOUT_MS,
    onIdleError: (error) => log.warn({ err: error }, 'the connection for migrations broke'),
  });
  try {
    const steps = await migrateToLatest(db);
    if (steps.length > 0) log.info({ steps }, 'the database schema was brought up to date');
  } finally {
    await db.destroy();
  }
}
