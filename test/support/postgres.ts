import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { PooledDatabase } from '../../src/adapters/postgres/database.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { migrateToLatest } from '../../src/adapters/postgres/migrate.ts';
import { ENGINE_PATIENCE_MS, runName, runningEngine } from './engines/ask.ts';
import { postgresTemplates } from './engines/postgres-templates.ts';
import { requireEngine } from './engines/require-engine.ts';

export interface TestDatabase {
  readonly db: PooledDatabase;
  readonly url: string;
  /** Closes the pool and drops the database. */
  readonly close: () => Promise<void>;
}

export interface TestDatabaseOptions {
  /** `false`: an empty database, without any table. */
  readonly migrated?: boolean;
  readonly maxConnections?: number;
  readonly statementTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly preparesStatements?: boolean;
}

/** A new database on the run's server, with every migration made. */
export async function freshDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const name = `mediamesh_${randomUUID().replaceAll('-', '')}`;
  const source = options.migrated === false ? 'template0' : await migratedTemplate();
  await onServer((client) => client.query(`create database ${name} template ${source}`));
  const url = await urlOf(name);
  const db = openTestDatabase(url, options);
  const close = async (): Promise<void> => {
    await db.destroy();
    const drop = `drop database if exists ${name}`;
    // A role that is no superuser may not end an autovacuum worker by force; without force Postgres itself asks it to go and waits.
    await onServer((client) => client.query(`${drop} with (force)`).catch(() => client.query(drop)));
  };
  return { db, url, close };
}

/** One database for a test file or a `describe`; made before its tests and dropped after them. */
export function useDatabase(options: TestDatabaseOptions = {}): () => TestDatabase {
  requireEngine('postgres');
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await freshDatabase(options);
  }, ENGINE_PATIENCE_MS);
  afterAll(async () => {
    await database?.close();
  });
  return () => {
    if (database === undefined) throw new Error('the database exists from beforeAll to afterAll only');
    return database;
  };
}

/** A pool on any database, with the limits that tests want. */
export function openTestDatabase(url: string, options: TestDatabaseOptions = {}): PooledDatabase {
  return openDatabase({
    connectionString: url,
    maxConnections: options.maxConnections ?? 10,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    statementTimeoutMs: options.statementTimeoutMs ?? 10_000,
    ...(options.preparesStatements !== undefined && { preparesStatements: options.preparesStatements }),
    onIdleError: () => undefined,
  });
}

async function urlOf(database: string): Promise<string> {
  const url = new URL((await runningEngine('postgres')).url);
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer<Result>(run: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: (await runningEngine('postgres')).url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

let template: Promise<string> | undefined;

function migratedTemplate(): Promise<string> {
  template ??= makeTemplate(postgresTemplates(runName()));
  return template;
}

// Test files run in several processes: whoever has the lock first makes the template, under another name until it is whole.
async function makeTemplate({ whole, draft }: ReturnType<typeof postgresTemplates>): Promise<string> {
  await onServer(async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [whole]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [whole]);
    if (rowCount !== 0) return;
    await client.query(`drop database if exists ${draft} with (force)`);
    await client.query(`create database ${draft} template template0`);
    await migrate(draft);
    await client.query(`alter database ${draft} rename to ${whole}`);
  });
  return whole;
}

async function migrate(name: string): Promise<void> {
  const db = openTestDatabase(await urlOf(name), { maxConnections: 1, statementTimeoutMs: 60_000 });
  try {
    await migrateToLatest(db);
  } finally {
    await db.destroy();
  }
}
