import type { Writable } from 'node:stream';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { CommandError } from '../command-error.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { asJsonLines, countingLines } from '../export/ndjson.ts';
import type { Output } from '../export/open-output.ts';
import { openOutput } from '../export/open-output.ts';
import type { HttpService } from '../http-service.ts';
import { number } from '../import/progress.ts';
import type { Interrupts } from '../interrupts.ts';
import { listenForInterrupts } from '../interrupts.ts';
import type { OpenedService } from '../open-service.ts';
import { openService } from '../open-service.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';

export interface ExportOptions {
  readonly url?: string;
  readonly gzip?: boolean;
  readonly quiet?: boolean;
}

/** Exports the catalogue to a file, or to stdout for `-`: one program a line, by id, as import reads it. */
export async function exportPrograms(
  file: string,
  options: ExportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const interrupts = listenForInterrupts();
  try {
    const service = await openService(options.url);
    try {
      const output = await openOutput(file, terminal);
      return await exportTo(output, service, { file, options, terminal, interrupts });
    } finally {
      await service.close();
    }
  } finally {
    interrupts.release();
  }
}

interface Session {
  readonly file: string;
  readonly options: ExportOptions;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

async function exportTo(output: Output, service: OpenedService, session: Session): Promise<ExitCode> {
  const { file, options, terminal, interrupts } = session;
  const startedAt = performance.now();
  let programs = 0;
  const signal = AbortSignal.any([interrupts.stop, service.lost]);
  try {
    const lines = await linesOf(service, signal, (count) => {
      programs += count;
    });
    await send(lines, output.stream, options.gzip ?? file.endsWith('.gz'), signal);
    await output.commit();
  } catch (error) {
    await output.discard();
    if (isClosedPipe(error)) return EXIT.ok;
    if (!interrupts.stop.aborted) throw brokenOff(error, output, service, programs);
    say(terminal, `Stopped after ${number(programs)} programs: the export is not complete, start it again.`);
    return interrupts.exitCode();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (options.quiet !== true)
    say(terminal, `Exported ${number(programs)} programs to ${output.name} in ${seconds} s.`);
  return EXIT.ok;
}

async function linesOf(
  { http, local }: OpenedService,
  signal: AbortSignal,
  onItems: (count: number) => void,
): Promise<AsyncIterable<Buffer>> {
  if (local !== undefined) return asJsonLines(local.cradle.app.programs.exportAll({ signal }), onItems);
  const body = await bodyOf(http, signal);
  return countingLines(body, onItems);
}

async function bodyOf(http: HttpService, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const response = await http.request('v1/programs/export', { signal });
  return response.body ?? Readable.from([]);
}

async function send(
  lines: AsyncIterable<Buffer>,
  to: Writable,
  isGzip: boolean,
  signal: AbortSignal,
): Promise<void> {
  const source = Readable.from(lines, { objectMode: false });
  // Node can not close stdout: it is left open for whatever comes after.
  const options = { signal, end: to !== process.stdout };
  if (isGzip) await pipeline(source, createGzip(), to, options);
  else await pipeline(source, to, options);
}

/** Whoever read our stdout has seen enough (`mediamesh export | head`). */
function isClosedPipe(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}

function brokenOff(error: unknown, output: Output, service: OpenedService, programs: number): unknown {
  if (error instanceof CommandError || service.lost.aborted) return service.lost.reason ?? error;
  const isNetwork = service.http !== undefined && error instanceof TypeError;
  if (!isNetwork) return error;
  const message = `the export from ${service.name} to ${output.name} broke off after ${number(programs)} programs: start it again`;
  return new CommandError(EXIT.unreachable, message, { cause: error });
}
