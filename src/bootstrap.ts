import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { openDatabase } from './adapters/postgres/database.ts';
import { publishServiceUrl, readServiceLock } from './adapters/postgres/embedded/service-lock.ts';
import { startEmbeddedPostgres } from './adapters/postgres/embedded/start-embedded-postgres.ts';
import { migrateToLatest } from './adapters/postgres/migrate.ts';
import type { Config } from './config.ts';
import { type Cradle, createServiceContainer } from './container.ts';

/** The service without a driver: what HTTP and the command line build on. */
export interface Service {
  readonly cradle: Cradle;
  /** Begins the work that goes on beside requests. */
  startBackground(): void;
  /** Resolves when everything written so far can be searched. */
  settle(signal: AbortSignal): Promise<void>;
  /** Tells other processes on this data directory where the service answers. */
  announce(url: string): Promise<void>;
  /** Ends background work, closes the stores and stops an embedded database. */
  dispose(): Promise<void>;
}

interface Engine {
  readonly databaseUrl: string | undefined;
  stop(): Promise<void>;
}

/** A migration may build indexes, or wait for another instance that does. */
const MIGRATION_TIMEOUT_MS = 600_000;
const SETTLE_POLL_MS = 20;

/**
 * Starts the engines that are ours, brings the schema up to date and wires the container.
 * @throws `EmbeddedPostgresError` when the embedded database can not run, the driver's error when a server can not be reached.
 */
export async function bootstrap(config: Config, log: Logger, onEngineExit?: () => void): Promise<Service> {
  const engine = await startEngine(config, log, onEngineExit);
  try {
    if (engine.databaseUrl !== undefined) await migrate(engine.databaseUrl, log);
    return createService(config, log, engine);
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

async function startEngine(config: Config, log: Logger, onExit?: () => void): Promise<Engine> {
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

function createService(config: Config, log: Logger, engine: Engine): Service {
  const container = createServiceContainer({ config, log, databaseUrl: engine.databaseUrl });
  const { cradle } = container;
  return {
    cradle,
    startBackground() {
      cradle.changes.subscribe(() => cradle.searchRelay.nudge());
      cradle.searchRelay.start();
      cradle.viewRollUp.start();
    },
    async settle(signal) {
      while ((await cradle.outbox.depth('search', { signal })).pending > 0) {
        cradle.searchRelay.nudge();
        await sleep(SETTLE_POLL_MS, undefined, { signal });
      }
    },
    async announce(url) {
      if (config.database?.url === 'embedded') await publishServiceUrl(config.dataDir, url);
    },
    async dispose() {
      // The container disposes of everything at once; what uses the stores must be over before that.
      await Promise.all([cradle.searchRelay.stop(), cradle.viewRollUp.stop()]);
      await container.dispose();
      await engine.stop();
    },
  };
}
