import type { SingleBar } from 'cli-progress';
import cliProgress from 'cli-progress';
import type { Input } from '../input/open-input.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';
import type { ImportTotals } from './run-import.ts';

/** Shows how far an import is. */
export interface Progress {
  update(totals: ImportTotals): void;
  end(): void;
}

const LINE_EVERY_MS = 10_000;
const SILENT: Progress = { update: () => undefined, end: () => undefined };

/**
 * On a terminal a bar with share, rate, time left and rejected lines (without share and time left where nobody knows the
 * size); elsewhere a line every ten seconds, for logs.
 */
export function createProgress(terminal: Terminal, input: Input, isQuiet: boolean): Progress {
  if (isQuiet) return SILENT;
  return terminal.stderr.isTTY === true ? createBar(terminal, input) : createLog(terminal, input);
}

function createBar({ stderr }: Terminal, input: Input): Progress {
  const startedAt = performance.now();
  const counts = '{lines} lines  {rate}/s  {rejected} rejected';
  const bar: SingleBar = new cliProgress.SingleBar({
    stream: stderr as NodeJS.WritableStream,
    format: input.totalBytes === undefined ? counts : `{bar} {percentage}%  ${counts}  {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 20,
    etaBuffer: 50,
    // A process that is told twice to stop could give back neither a hidden cursor nor the wrapping of lines.
    hideCursor: false,
    linewrap: true,
    clearOnComplete: true,
    forceRedraw: true,
  });
  bar.start(input.totalBytes || 1, 0, { lines: '0', rate: '0', rejected: '0' });
  return {
    update: (totals) =>
      bar.update(input.readBytes(), {
        lines: number(totals.lastLine),
        rate: number(ratePerSecond(totals, startedAt)),
        rejected: number(totals.rejected),
      }),
    end: () => bar.stop(),
  };
}

function createLog(terminal: Terminal, input: Input): Progress {
  const startedAt = performance.now();
  let saidAt = startedAt;
  return {
    update(totals) {
      if (performance.now() - saidAt < LINE_EVERY_MS) return;
      saidAt = performance.now();
      const share = input.totalBytes ? `${Math.floor((100 * input.readBytes()) / input.totalBytes)}%, ` : '';
      const rate = number(ratePerSecond(totals, startedAt));
      say(
        terminal,
        `${share}${number(totals.lastLine)} lines, ${rate}/s, ${number(totals.rejected)} rejected`,
      );
    },
    end: () => undefined,
  };
}

function ratePerSecond(totals: ImportTotals, startedAt: number): number {
  const done = totals.created + totals.updated + totals.unchanged + totals.rejected;
  return Math.round((1000 * done) / Math.max(1, performance.now() - startedAt));
}

/** A number as people read it: 36,273. */
export function number(value: number): string {
  return value.toLocaleString('en');
}
