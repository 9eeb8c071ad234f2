import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded/start-embedded-postgres.ts';
import { startContainer } from './container.ts';
import type { OpenedEngine, Way } from './find-engine.ts';
import { givenEngine } from './given-engine.ts';
import { postgresTemplates } from './postgres-templates.ts';
import { openRunFolder } from './run-folder.ts';

const PASSWORD = 'mediamesh-test';

/** The role that its URL names must be allowed to make databases. npm has a Postgres for most machines, so none is installed. */
export function postgresWays(run: string): readonly Way[] {
  return [
    givenEngine({ variable: 'DATABASE_URL', defaultPort: 5432, clear: (url) => dropTemplates(url, run) }),
    () =>
      startContainer({
        image: 'postgres:18.4',
        port: 5432,
        command: ['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=200'],
        environment: { POSTGRES_PASSWORD: PASSWORD },
        toUrl: (host, port) => `postgres://postgres:${PASSWORD}@${host}:${port}/postgres`,
        isReady: answersQuery,
      }),
    startEmbedded,
  ];
}

async function startEmbedded(): Promise<OpenedEngine> {
  const folder = await openRunFolder();
  try {
    const options = { dataDir: folder.path, log: () => undefined, durable: false };
    const { url, stop: stopServer } = await startEmbeddedPostgres(options);
    const stop = async () => {
      await stopServer();
      await folder.remove();
    };
    return { url, how: 'embedded Postgres of npm', ours: true, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function dropTemplates(url: string, run: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const name of Object.values(postgresTemplates(run))) {
    await client.query(`drop database if exists ${name} with (force)`);
  }
  await client.end();
}

async function answersQuery(host: string, port: number): Promise<boolean> {
  const client = new Client({
    host,
    port,
    user: 'postgres',
    password: PASSWORD,
    connectionTimeoutMillis: 3_000,
  });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
