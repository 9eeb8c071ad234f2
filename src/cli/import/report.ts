import { failureOf } from '../failures.ts';
import type { Terminal } from '../terminal.ts';
import { complain, say } from '../terminal.ts';
import { number } from './progress.ts';
import type { Rejections } from './rejections.ts';
import type { ImportTotals } from './run-import.ts';

/** How an import ended. */
export interface ImportEnd {
  readonly file: string;
  /** `undefined` when lines were only checked. */
  readonly into: string | undefined;
  readonly totals: ImportTotals;
  readonly seconds: number;
  /** False when it was stopped or broke off: lines after `totals.lastLine` were not dealt with. */
  readonly isComplete: boolean;
  /** Why it broke off. */
  readonly error?: unknown;
}

/** One line of JSON for machines. */
export function summaryJson({ file, into, totals, seconds, isComplete, error }: ImportEnd): string {
  const summary = {
    type: 'summary',
    file,
    into: into ?? null,
    complete: isComplete,
    ...totals,
    nextLine: totals.lastLine + 1,
    seconds: Number(seconds.toFixed(3)),
    ...(error === undefined ? {} : { error: failureOf(error).message.split('\n')[0] }),
  };
  return `${JSON.stringify(summary)}\n`;
}

/** Tells a person what went in, how fast, and what is not finished. */
export function sayTotals(terminal: Terminal, { file, into, totals, seconds, isComplete }: ImportEnd): void {
  const { created, updated, unchanged, rejected, lastLine } = totals;
  const done = created + updated + unchanged + rejected;
  const rate = number(Math.round(done / Math.max(seconds, 0.001)));
  const accepted =
    into === undefined
      ? `${number(unchanged)} good`
      : `${number(created)} created, ${number(updated)} updated, ${number(unchanged)} unchanged`;
  const whole = into === undefined ? `Checked ${file}` : `Imported ${file} into ${into}`;
  const what = isComplete ? whole : `Stopped after line ${number(lastLine)} of ${file}`;
  say(
    terminal,
    `${what}: ${accepted}, ${number(rejected)} rejected in ${seconds.toFixed(1)} s (${rate} lines/s).`,
  );
}

/** Lists the first rejected lines with their reasons. */
export function sayRejections(
  terminal: Terminal,
  { first }: Rejections,
  total: number,
  file: string | undefined,
): void {
  for (const { line, message } of first) complain(terminal, `line ${line}: ${message}`);
  const more = total - first.length;
  const where = file === undefined ? '--errors FILE writes all of them' : `all of them are in ${file}`;
  if (more > 0) complain(terminal, `... and ${number(more)} more rejected; ${where}.`);
}

/** How to go on after an import that was not finished. */
export function howToGoOn({ file, into, totals }: Pick<ImportEnd, 'file' | 'into' | 'totals'>): string {
  const what = file === '-' ? 'the import with the same input' : `the import of ${file}`;
  const goOn = `To go on, repeat ${what} with --from-line ${totals.lastLine + 1}`;
  if (into === undefined) return `${goOn}.`;
  return `What is in stays. ${goOn}; repeating it whole works too and changes nothing twice.`;
}
