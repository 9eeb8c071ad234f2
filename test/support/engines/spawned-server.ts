import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../../src/adapters/postgres/embedded/free-port.ts';
import type { RunFolder } from './run-folder.ts';
import { openRunFolder } from './run-folder.ts';

export interface ServerProgram {
  readonly file: string;
  readonly args: (at: { readonly port: number; readonly folder: string }) => readonly string[];
  readonly isReady: (port: number) => Promise<boolean>;
  readonly patienceMs: number;
}

export interface SpawnedServer {
  readonly port: number;
  /** `SIGSTOP` freezes it, `SIGCONT` lets it go on. */
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

interface Child {
  readonly process: ChildProcess;
  /** The last of what it wrote. */
  output(): string;
}

const ATTEMPTS = 3;

/** Runs a server in a folder of its own, on a free port. Throws with what it wrote when it does not come up. */
export async function spawnServer(program: ServerProgram): Promise<SpawnedServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await spawnOnce(program);
    } catch (error) {
      // Between the search for a free port and its use, another program may have taken it.
      const isPortTaken = error instanceof Error && /in use|bind/i.test(error.message);
      if (!isPortTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function spawnOnce(program: ServerProgram): Promise<SpawnedServer> {
  const folder = await openRunFolder();
  const port = await findFreePort();
  const child = start(program, port, folder.path);
  const stop = () => stopChild(child.process, folder);
  try {
    await writeFile(join(folder.path, 'engine.pid'), `${child.process.pid ?? ''}\n`);
    await untilReady(program, child, port);
    return { port, signal: (name) => void child.process.kill(name), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function start({ file, args }: ServerProgram, port: number, folder: string): Child {
  // A process group of its own: Ctrl-C is for the run, which then stops its servers itself.
  const child = spawn(file, args({ port, folder }), {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  const keep = (text: string) => {
    tail = `${tail}${text}`.slice(-2_000);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => keep(error.message));
  return { process: child, output: () => tail.trim() };
}

async function untilReady(program: ServerProgram, child: Child, port: number): Promise<void> {
  const { file, isReady, patienceMs } = program;
  const deadline = performance.now() + patienceMs;
  while (!(await isReady(port))) {
    if (hasEnded(child.process)) throw new Error(`${file} ended at once: ${child.output()}`);
    if (performance.now() > deadline) {
      throw new Error(`${file} did not answer within ${patienceMs} ms: ${child.output()}`);
    }
    await delay(20);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function stopChild(child: ChildProcess, folder: RunFolder): Promise<void> {
  if (!hasEnded(child)) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    // One that is frozen hears nothing before it goes on.
    child.kill('SIGCONT');
    const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(killer);
  }
  await folder.remove();
}
