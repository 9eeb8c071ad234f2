import type { Logger } from 'pino';
import { openDatabase } from '../../adapters/postgres/database.ts';
import type { MigrationState } from '../../adapters/postgres/migrate.ts';
import { migrateToLatest, migrationStates } from '../../adapters/postgres/migrate.ts';
import type { Config } from '../../config.ts';
import { reachEngine } from '../engine.ts';

/** A migration may build indexes, or wait for another instance that does. */
const MIGRATION_TIMEOUT_MS = 600_000;

export type SchemaStep = MigrationState;

/** The database schema, for the operator's commands. */
export interface SchemaOperations {
  /** Answers the names of the steps made. */
  migrate(): Promise<readonly string[]>;
  /** Every step in order, and whether it was made. */
  status(): Promise<readonly MigrationState[]>;
  /** Stops what was started. */
  close(): Promise<void>;
}

/** Opens the database of the configuration, the embedded one included. @throws what starting it throws. */
export async function openSchema(config: Config, log: Logger): Promise<SchemaOperations> {
  const engine = await reachEngine(config, log);
  const db = openDatabase({
    connectionString: engine.databaseUrl ?? '',
    maxConnections: 2,
    connectTimeoutMs: 5000,
    statementTimeoutMs: MIGRATION_TIMEOUT_MS,
    onIdleError: (error) => log.warn({ err: error }, 'the connection for migrations broke'),
  });
  return {
    migrate: () => migrateToLatest(db),
    status: () => migrationStates(db),
    async close() {
      await db.destroy();
      await engine.stop();
    },
  };
}
