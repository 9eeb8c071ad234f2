import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMPILE_CACHE } from './compile-cache.ts';

export interface ServerProcess {
  /** Where it answers. */
  readonly url: string;
  readonly pid: number;
  /** Everything written so far. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
}

export interface ServerProgram {
  /** Below the root of the repository. Default: what `npm start` starts. */
  readonly program?: string;
  /** Where what was compiled of it is kept. Default: where the command line keeps it. */
  readonly compileCache?: string;
  /** A run folder to work in: when the tests end before they come to their end, the process goes with it. */
  readonly folder?: string;
}

/** The environment of a newcomer: nothing of ours, whatever the tests run under. */
function cleanEnvironment(compileCache: string, env: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, PORT: '0', LOG_LEVEL: 'warn', NODE_COMPILE_CACHE: compileCache, ...env };
}

/** Starts the real server, or another program of this repository, and waits until it says that it is ready. */
export async function startServer(
  env: Record<string, string>,
  { program = 'src/main.ts', compileCache = COMPILE_CACHE, folder }: ServerProgram = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [resolve(program)], {
    cwd: folder,
    env: cleanEnvironment(compileCache, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (folder !== undefined) writeFileSync(join(folder, 'engine.pid'), `${child.pid ?? ''}\n`);
  const output = collect(child);
  const exited = exitOf(child);
  const url = await Promise.race([
    waitFor(() => /ready at (\S+)/.exec(output())?.[1]),
    exited.then((code) => {
      throw new Error(`the server ended with ${code} before it was ready:\n${output()}`);
    }),
  ]).catch((error: unknown) => {
    // Nobody else knows of it.
    child.kill('SIGKILL');
    throw error;
  });
  return { url, pid: child.pid ?? 0, output, kill: (signal) => child.kill(signal), exited };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
}

async function waitFor<Value>(look: () => Value | undefined, timeoutMs = 120_000): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
