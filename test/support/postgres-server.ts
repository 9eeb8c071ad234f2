import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded/start-embedded-postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A database to connect to when making others, and the name of the one that they are copied from. */
    readonly postgres: { readonly url: string; readonly template: string };
  }
}

interface TestServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const template = `mediamesh_test_${process.pid}_${Date.now().toString(36)}`;
let server: TestServer | undefined;

/**
 * One server for the run: the one that `DATABASE_URL` names, whose role must be allowed to make databases, or else the
 * embedded one in a directory of its own. The first test that wants a database migrates the template.
 */
export async function setup(project: TestProject): Promise<void> {
  const given = process.env.DATABASE_URL;
  server = given && given !== 'embedded' ? foreignServer(given) : await ownServer();
  project.provide('postgres', { url: server.url, template });
}

export async function teardown(): Promise<void> {
  await server?.stop();
}

async function ownServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mediamesh-test-'));
  const remove = () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const { url, stop } = await startEmbeddedPostgres({ dataDir, log: () => undefined, durable: false });
    return {
      url,
      stop: async () => {
        await stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function foreignServer(url: string): TestServer {
  const stop = async (): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const name of [template, `${template}_draft`]) {
      await client.query(`drop database if exists ${name} with (force)`);
    }
    await client.end();
  };
  return { url, stop };
}
