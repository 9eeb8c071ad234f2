import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { PooledDatabase } from '../../src/adapters/postgres/database.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded/start-embedded-postgres.ts';
import { migrateToLatest } from '../../src/adapters/postgres/migrate.ts';

export interface BenchDatabase {
  readonly db: PooledDatabase;
  readonly url: string;
  readonly version: string;
  /** Closes the pool; ends a server that was started for the benchmark, and removes its files. */
  readonly close: () => Promise<void>;
}

/**
 * A migrated database to measure on: the one that `DATABASE_URL` names, which should be empty, or a temporary server with
 * the settings of the embedded one, durable writes included.
 */
export async function openBenchDatabase(maxConnections = 10): Promise<BenchDatabase> {
  const given = process.env.DATABASE_URL;
  const server = given === undefined || given === 'embedded' ? await startTemporary() : foreign(given);
  const db = openDatabase({
    connectionString: server.url,
    maxConnections,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
    onIdleError: () => undefined,
  });
  await migrateToLatest(db);
  const { rows } = await sql<{
    version: string;
  }>`SELECT current_setting('server_version') AS version`.execute(db);
  const close = async () => {
    await db.destroy();
    await server.stop();
  };
  return { db, url: server.url, version: rows[0]?.version ?? 'unknown', close };
}

interface BenchServer {
  readonly url: string;
  stop(): Promise<void>;
}

function foreign(url: string): BenchServer {
  return { url, stop: async () => undefined };
}

async function startTemporary(): Promise<BenchServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'mediamesh-bench-'));
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  const stop = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}
