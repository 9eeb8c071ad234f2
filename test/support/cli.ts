import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Terminal } from '../../src/cli/terminal.ts';
import { aDraft } from './builders.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import { builtProgram } from './programs/built-program.ts';

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which then ends; without it, it is empty. */
  readonly input?: string | Uint8Array;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
}

/** Starts the command line as users do, in a process of its own. Only the given environment and PATH reach it. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  return start(process.execPath, ['bin/mediamesh.mjs', ...args], options);
}

function start(command: string, args: readonly string[], { env = {} }: CliOptions): RunningCli {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = new Promise<Pick<CliResult, 'code' | 'signal'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  // The command may end before it has read everything.
  child.stdin.on('error', () => undefined);
  const result = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(
    ([end, stdout, stderr]) => ({
      ...end,
      stdout,
      stderr,
    }),
  );
  return { child, result };
}

/** Runs the command line to its end, from the build: it starts in half the time of what users start. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { program, compileCache } = await builtProgram('cli');
  const env = { NODE_COMPILE_CACHE: compileCache, ...options.env };
  return await finish(start(process.execPath, [program, ...args], { ...options, env }), options);
}

/** Runs the command line to its end, as users do. */
export async function runCliFromSource(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return await finish(startCli(args, options), options);
}

async function finish({ child, result }: RunningCli, { input = '' }: CliOptions): Promise<CliResult> {
  child.stdin?.end(input);
  return await result;
}

/** Runs any program to its end, with nothing to read. */
export async function run(
  command: string,
  args: readonly string[],
  options: Pick<CliOptions, 'env'> = {},
): Promise<CliResult> {
  return await finish(start(command, args, options), {});
}

/** A terminal whose streams a test fills and reads. */
export interface FakeTerminal extends Terminal {
  readonly stdin: PassThrough & { isTTY?: boolean };
  said(): string;
  printed(): string;
}

export function createFakeTerminal({ isTTY = false } = {}): FakeTerminal {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const sink = (chunks: Buffer[]) => {
    const stream = new PassThrough();
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return stream;
  };
  return {
    stdin: new PassThrough(),
    stdout: sink(out),
    stderr: Object.assign(sink(err), { isTTY }),
    printed: () => Buffer.concat(out).toString(),
    said: () => Buffer.concat(err).toString(),
  };
}

/** So many valid programs as lines of an import. */
export function programLines(count: number): string {
  return Array.from({ length: count }, () => `${JSON.stringify(aDraft())}\n`).join('');
}

/** The values of NDJSON, which must be objects. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
