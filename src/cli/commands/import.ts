import { splitLines } from '../../domain/lines.ts';
import { CommandError } from '../command-error.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { failureOf } from '../failures.ts';
import { createHttpTarget } from '../import/http-target.ts';
import type { ImportTarget } from '../import/import-target.ts';
import { createAppTarget, createDryRunTarget } from '../import/import-target.ts';
import { openRecordMap } from '../import/map-lines.ts';
import { createProgress } from '../import/progress.ts';
import type { Rejections } from '../import/rejections.ts';
import { createRejections } from '../import/rejections.ts';
import type { ImportEnd } from '../import/report.ts';
import { howToGoOn, sayRejections, sayTotals, summaryJson } from '../import/report.ts';
import type { ImportRun, ImportTotals } from '../import/run-import.ts';
import { ImportBroken, runImport } from '../import/run-import.ts';
import { keepHeapSmall } from '../import/small-heap.ts';
import type { Input } from '../input/open-input.ts';
import { openInput } from '../input/open-input.ts';
import type { Interrupts } from '../interrupts.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { openService } from '../open-service.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';
import { writeText } from '../write-text.ts';

export interface ImportOptions {
  readonly map?: string;
  readonly url?: string;
  readonly errors?: string;
  readonly batch: number;
  readonly fromLine: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
}

/** Imports a file of programs, or stdin for `-`. */
export async function importPrograms(
  file: string,
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  keepHeapSmall();
  const map = options.map === undefined ? undefined : await openRecordMap(options.map);
  const interrupts = listenForInterrupts();
  const input = await openInput(file, terminal, interrupts.stop);
  try {
    const { target, lost, close } = await openTarget(options);
    try {
      const run = { target, fromLine: options.fromLine, ...(map && { map }), call: { signal: lost } };
      return await importInto(run, { file, input, options, terminal, interrupts });
    } finally {
      await close();
    }
  } finally {
    input.close();
    interrupts.release();
  }
}

interface OpenedTarget {
  readonly target: ImportTarget;
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

async function openTarget({ url, dryRun }: ImportOptions): Promise<OpenedTarget> {
  const never = new AbortController().signal;
  if (dryRun === true) return { target: createDryRunTarget(), lost: never, close: async () => undefined };
  const service = await openService(url);
  const target =
    service.http === undefined
      ? createAppTarget(service.local.cradle.app.imports, service.name, (signal) =>
          service.local.settle(signal),
        )
      : createHttpTarget(service.http);
  return { target, lost: service.lost, close: () => service.close() };
}

interface Session {
  readonly file: string;
  readonly input: Input;
  readonly options: ImportOptions;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

type RunParts = Omit<ImportRun, 'stop' | 'onBatch'>;

async function importInto(parts: RunParts, session: Session): Promise<ExitCode> {
  const { file, options, terminal, interrupts } = session;
  const rejections = await createRejections({
    ...(options.errors !== undefined && { file: options.errors }),
    ...(options.json === true && { stream: terminal.stdout }),
  });
  const startedAt = performance.now();
  const { totals, error } = await runToItsEnd(parts, session, rejections);
  const isComplete = error === undefined && !interrupts.stop.aborted;
  if (isComplete) await settle(parts, session);
  await rejections.end();
  const seconds = (performance.now() - startedAt) / 1000;
  const end = { file, into: parts.target.name, totals, seconds, isComplete, error };
  await report(end, session, rejections);
  if (error !== undefined) throw brokenOff(error, end);
  if (interrupts.stop.aborted) return interrupts.exitCode();
  return totals.rejected > 0 ? EXIT.linesRejected : EXIT.ok;
}

async function runToItsEnd(
  parts: RunParts,
  { input, options, terminal, interrupts }: Session,
  rejections: Rejections,
): Promise<{ readonly totals: ImportTotals; readonly error?: unknown }> {
  const progress = createProgress(terminal, input, options.quiet === true);
  try {
    const totals = await runImport(splitLines(input.bytes, { batchLines: options.batch }), {
      ...parts,
      stop: interrupts.stop,
      async onBatch(soFar, rejected) {
        await rejections.add(rejected);
        progress.update(soFar);
      },
    });
    return { totals };
  } catch (error) {
    if (error instanceof ImportBroken) return { totals: error.totals, error: error.cause };
    throw error;
  } finally {
    progress.end();
  }
}

/** Programs are in the catalogue already; this waits for the search index to show them too. */
async function settle({ target, call }: RunParts, { options, terminal, interrupts }: Session): Promise<void> {
  const notice = setTimeout(() => {
    if (options.quiet !== true) say(terminal, 'All lines are in. Waiting for the search index to follow ...');
  }, 1000);
  try {
    await target.settle(AbortSignal.any([interrupts.stop, call.signal]));
  } catch (error) {
    if (!interrupts.stop.aborted) throw error;
    say(terminal, 'All lines are in. The service will write the rest of the search index when it runs.');
  } finally {
    clearTimeout(notice);
  }
}

async function report(
  end: ImportEnd,
  { options, terminal, interrupts }: Session,
  rejections: Rejections,
): Promise<void> {
  if (options.json === true) await writeText(terminal.stdout, summaryJson(end));
  else sayRejections(terminal, rejections, end.totals.rejected, options.errors);
  if (options.quiet !== true) sayTotals(terminal, end);
  if (interrupts.stop.aborted && !end.isComplete) say(terminal, howToGoOn(end));
}

function brokenOff(cause: unknown, end: ImportEnd): CommandError {
  const { exitCode, message } = failureOf(cause);
  return new CommandError(exitCode, `${message}\n${howToGoOn(end)}`, { cause });
}
