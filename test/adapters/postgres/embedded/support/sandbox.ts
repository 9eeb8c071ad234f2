import { execFile, execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, afterEach, vi } from 'vitest';
import { findNativeDir } from '../../../../../src/adapters/postgres/embedded/binaries.ts';
import { readPostmasterFile } from '../../../../../src/adapters/postgres/embedded/postmaster-file.ts';
import {
  identifyProcess,
  isPostgresIn,
} from '../../../../../src/adapters/postgres/embedded/process-identity.ts';
import type { EmbeddedPostgresOptions } from '../../../../../src/adapters/postgres/embedded/start-embedded-postgres.ts';
import { startEmbeddedPostgres } from '../../../../../src/adapters/postgres/embedded/start-embedded-postgres.ts';
import { stopServer } from '../../../../../src/adapters/postgres/embedded/stop-server.ts';
import { killServices } from './service.ts';

export const isRoot = process.getuid?.() === 0;
export const NOBODY = 65534;

const directories: string[] = [];
const clusters: string[] = [];
const handles: { stop(): Promise<void> }[] = [];

/** Ends whatever a test left running, then removes its directories. To be called once in a test file. */
export function cleanUp(): void {
  // Each test sets up a database or two, and the machine may be busy with other test files.
  vi.setConfig({ testTimeout: 60_000 });
  afterEach(async () => {
    for (const handle of handles.splice(0)) await handle.stop().catch(() => undefined);
    killServices();
    for (const cluster of clusters.splice(0)) await endServer(cluster);
  });
  afterAll(async () => {
    for (const directory of directories.splice(0)) await remove(directory);
  });
}

/** A fresh directory that other users may pass through, as a data directory's parent usually is. */
export async function sandbox(mode = 0o755): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'mediamesh-embedded-')));
  await chmod(directory, mode);
  directories.push(directory);
  clusters.push(join(directory, 'data', 'postgres'));
  return directory;
}

/** Without fsync, which these tests do not need: they kill processes, not machines. */
export async function start(options: Partial<EmbeddedPostgresOptions> & { dataDir: string }) {
  const handle = await startEmbeddedPostgres({ durable: false, log: () => undefined, ...options });
  handles.push(handle);
  return handle;
}

let prepared: Promise<string> | undefined;

/**
 * A data directory as a service leaves it that was started once and stopped, for tests that begin there: a copy, owners and
 * modes included, since to set one up takes many times as long.
 */
export async function aUsedDataDir(): Promise<string> {
  prepared ??= prepare();
  const dataDir = join(await sandbox(), 'data');
  await promisify(execFile)('cp', ['-Rp', await prepared, dataDir]);
  return dataDir;
}

async function prepare(): Promise<string> {
  const dataDir = join(await sandbox(), 'data');
  await (await start({ dataDir })).stop();
  return dataDir;
}

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The binaries as npm unpacks them, without the links that an install script would make. */
export async function copyBinaries(target: string): Promise<string> {
  const source = findNativeDir();
  const list = JSON.parse(await readFile(join(source, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  const links = new Set(list.map((link) => join(source, '..', link.target)));
  await cp(source, target, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (path) => !links.has(path),
  });
  return target;
}

/** Whether this machine has and allows what the last resort of root needs. */
export function canUnshare(): boolean {
  const command = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--', 'true'];
  try {
    execFileSync('/usr/bin/env', command, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export async function serverPid(dataDir: string): Promise<number> {
  const file = await readPostmasterFile(join(dataDir, 'postgres'));
  if (!file) throw new Error(`no server runs in ${dataDir}`);
  return file.pid;
}

export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited 20 s in vain: ${what}`);
    await delay(5);
  }
}

export async function names(directory: string, pattern: RegExp): Promise<string[]> {
  return (await readdir(directory)).filter((name) => pattern.test(name)).toSorted();
}

async function endServer(cluster: string): Promise<void> {
  const pid = (await readPostmasterFile(cluster).catch(() => undefined))?.pid;
  if (pid !== undefined && isPostgresIn(pid, cluster)) await stopServer(identifyProcess(pid), false);
}

/** A test may have taken our own rights away. */
async function remove(directory: string): Promise<void> {
  if (!isRoot) execFileSync('chmod', ['-R', 'u+rwX', directory]);
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
