import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { ENGINE_PATIENCE_MS } from './engines/ask.ts';
import { canConnect } from './engines/can-connect.ts';
import { installProgram } from './engines/install-program.ts';
import { findProgram } from './engines/programs.ts';
import { requireEngine } from './engines/require-engine.ts';
import { openRunFolder } from './engines/run-folder.ts';
import { aQuietPort } from './quiet-port.ts';

/** A Redis that a test may kill, fill up and set as it likes. */
export interface OwnRedis {
  readonly port: number;
  /** Of the plain port. */
  readonly url: string;
  readonly folder: string;
  /** Starts it again, on the same port, empty. */
  start(...settings: readonly string[]): Promise<void>;
  /** Ends it, as a crash does unless told otherwise. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const PLAIN = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];

/** A server for a test file or a `describe`, run with these settings of redis.conf (`--name value ...`); none of its data stay. */
export function useOwnRedis(...settings: readonly string[]): () => OwnRedis {
  requireEngine('redis');
  let redis: OwnRedis | undefined;
  let remove = async (): Promise<void> => undefined;
  beforeAll(async () => {
    const folder = await openRunFolder();
    redis = await ownRedis(folder.path);
    remove = folder.remove;
    await redis.start(...settings);
  }, ENGINE_PATIENCE_MS);
  afterAll(async () => {
    await redis?.stop();
    await remove();
  });
  return () => {
    if (redis === undefined) throw new Error('the server is there from beforeAll to afterAll only');
    return redis;
  };
}

async function ownRedis(folder: string): Promise<OwnRedis> {
  const file = await findProgram('redis-server').catch(() =>
    installProgram('redis-server', [['redis-server']]),
  );
  const port = await aQuietPort();
  let child: ChildProcess | undefined;
  const start = async (...settings: readonly string[]): Promise<void> => {
    const args = [...PLAIN, '--port', `${port}`, '--dir', folder, ...settings];
    child = spawn(file, args, { cwd: folder, stdio: 'ignore' });
    await writeFile(join(folder, 'engine.pid'), `${child.pid ?? ''}\n`);
    await untilListening(child, portOf(settings) ?? port);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return { port, url: `redis://127.0.0.1:${port}`, folder, start, stop };
}

function portOf(settings: readonly string[]): number | undefined {
  const at = settings.indexOf('--tls-port');
  return at === -1 ? undefined : Number(settings[at + 1]);
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  while (!(await canConnect(port))) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    await delay(10);
  }
}
