import type { JobReport } from '../../domain/migration/reports.ts';
import type { JobKind } from '../../ports/migration-jobs.ts';
import { number } from '../import/progress.ts';

const NAMES: Readonly<Record<JobKind, string>> = {
  backfill: 'backfill',
  verify: 'verification',
  repair: 'repair',
};

export function nameOf(kind: JobKind): string {
  return NAMES[kind];
}

/** To the second, so that it can be read. */
export function timeText(time: Date): string {
  return time
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

/** Where reads go: `read-fallback, 10 % of reads from the copies`. */
export function phaseText({ phase, readPercent }: { readonly phase: string; readonly readPercent: number }) {
  return phase === 'read-fallback' ? `${phase}, ${readPercent} % of reads from the copies` : phase;
}

/** `3,200 keys in 2.1 s (1,523/s): 3,180 applied, 20 duplicate`. */
export function workText({ done, counts, createdAt, updatedAt, finishedAt, itemsPerSecond }: JobReport) {
  const seconds = ((finishedAt ?? updatedAt).getTime() - createdAt.getTime()) / 1000;
  const rate = itemsPerSecond === null ? '' : ` (${number(Math.round(itemsPerSecond))}/s)`;
  const parts = Object.entries(counts).map(([name, count]) => `${number(count)} ${name}`);
  return `${number(done)} keys in ${seconds.toFixed(1)} s${rate}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** Lines of cells, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
