import { access, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aDraft } from '../support/builders.ts';
import { runCliFromSource, startCli } from '../support/cli.ts';
import type { Folder } from '../support/folder.ts';
import { aFolder } from '../support/folder.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { startServer } from '../support/server-process.ts';

let directory: Folder;
const running = new Set<ServerProcess>();

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startServer({ DATA_DIR: directory.path, DEMO_CATALOG: 'off', ...env });
  running.add(server);
  return server;
}

async function stop(server: ServerProcess, signal: NodeJS.Signals): Promise<unknown> {
  server.kill(signal);
  const code = await server.exited;
  running.delete(server);
  return code;
}

beforeEach(async () => {
  directory = await aFolder();
});

afterEach(async () => {
  // A killed server leaves its database running; starting once more and stopping in order takes it down.
  for (const server of running) await stop(server, 'SIGKILL');
  if (await hasDatabase()) await stop(await start(), 'SIGTERM');
  await directory.remove();
});

/** Whether a database runs, or was killed: one that was shut down takes the file of its pid along. */
async function hasDatabase(): Promise<boolean> {
  return await access(`${directory.path}/postgres/postmaster.pid`).then(
    () => true,
    () => false,
  );
}

describe('the embedded service', () => {
  it('has every acknowledged write after kill -9 under load', async () => {
    const first = await start();
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 8 }, (_, writer) =>
      writeUntilItDies(first.url, writer, acknowledged),
    );
    await untilMany(acknowledged, 200);
    await stop(first, 'SIGKILL');
    await Promise.all(writers);

    const second = await start();
    for (const chunk of chunks(acknowledged, 100)) {
      const response = await postJson(`${second.url}/v1/programs/batch-get`, { programIds: chunk });
      expect(await response.json()).toMatchObject({ missing: [] });
    }
    expect(await stop(second, 'SIGTERM')).toBe(0);
  }, 120_000);

  it('refuses a data directory that another service uses, and says which', async () => {
    const server = await start();
    const { code, stderr } = await runCliFromSource(['serve'], { env: { DATA_DIR: directory.path } });
    expect(code).toBe(4);
    expect(stderr).toContain(directory.path);
    expect(stderr).toContain(String(server.pid));
    expect(await stop(server, 'SIGTERM')).toBe(0);
  }, 60_000);

  it('leaves no database running when a signal ends it before it is ready', async () => {
    const { child, result } = startCli(['serve'], { env: { DATA_DIR: directory.path, PORT: '0' } });
    let log = '';
    child.stderr?.on('data', (text: Buffer) => {
      log += text.toString();
    });
    await vi.waitFor(() => expect(log).toContain('schema was brought up to date'), 30_000);
    const pid = Number.parseInt(await readFile(`${directory.path}/postgres/postmaster.pid`, 'utf8'), 10);
    child.kill('SIGTERM');
    expect((await result).code).toBe(143);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000);
  }, 60_000);

  it('loads the demo films on the first start, once, and finds them by a misspelt title', async () => {
    const first = await start({ DEMO_CATALOG: 'on' });
    const categories = await getItems(`${first.url}/v1/discovery/categories`);
    const count = categories.reduce((sum, { count: films }) => sum + Number(films), 0);
    expect(count).toBeGreaterThan(3000);
    expect(await stop(first, 'SIGTERM')).toBe(0);

    const second = await start({ DEMO_CATALOG: 'on' });
    const [found] = await getItems(`${second.url}/v1/search?q=godfahter&limit=1`);
    expect(found).toMatchObject({ title: expect.stringContaining('Godfather') });
    expect((await getItems(`${second.url}/v1/discovery/trending?limit=5`)).length).toBe(5);
    expect(await stop(second, 'SIGTERM')).toBe(0);
  }, 120_000);
});

describe('the memory service', () => {
  it('keeps nothing', async () => {
    const env = { MEDIAMESH_MODE: 'memory', DEMO_CATALOG: 'off' };
    const first = await startServer(env);
    expect((await postJson(`${first.url}/v1/programs`, aDraft({ programId: 'kept' }))).status).toBe(201);
    expect(await stop(first, 'SIGTERM')).toBe(0);
    const second = await startServer(env);
    expect((await fetch(`${second.url}/v1/programs/kept`)).status).toBe(404);
    expect(await stop(second, 'SIGTERM')).toBe(0);
  }, 60_000);
});

describe('a port that is taken', () => {
  it('ends the start with an error that says what to do, and exit code 1', async () => {
    const first = await startServer({ MEDIAMESH_MODE: 'memory', DEMO_CATALOG: 'off' });
    const { port } = new URL(first.url);
    const env = { MEDIAMESH_MODE: 'memory', DEMO_CATALOG: 'off', PORT: port };
    const { code, stderr } = await runCliFromSource(['serve'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port}: the port is taken: set PORT`);
    expect(await stop(first, 'SIGTERM')).toBe(0);
  }, 60_000);
});

describe('a wrong configuration', () => {
  it('stops the start with every fault and exit code 3', async () => {
    const { code, stderr } = await runCliFromSource(['serve'], { env: { PORT: 'high', LOG_LEVEL: 'loud' } });
    expect(code).toBe(3);
    expect(stderr).toContain('PORT');
    expect(stderr).toContain('LOG_LEVEL');
  });
});

async function writeUntilItDies(url: string, writer: number, acknowledged: string[]): Promise<void> {
  for (let index = 0; ; index += 1) {
    const programId = `w${writer}-${index}`;
    try {
      const response = await postJson(`${url}/v1/programs`, aDraft({ programId }));
      if (response.status === 201) acknowledged.push(programId);
    } catch {
      return;
    }
  }
}

async function untilMany(list: readonly unknown[], count: number): Promise<void> {
  while (list.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function postJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function getItems(url: string): Promise<readonly Record<string, unknown>[]> {
  const body = (await (await fetch(url)).json()) as { items: Record<string, unknown>[] };
  return body.items;
}
