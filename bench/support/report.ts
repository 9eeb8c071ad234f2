import { cpus, release, totalmem, type } from 'node:os';

/** Prints what every figure depends on: when, on which machine, with which versions. */
export function printHeader(title: string, versions: Readonly<Record<string, string>> = {}): void {
  const [first] = cpus();
  const all = { node: process.versions.node, ...versions };
  print(title);
  print('='.repeat(title.length));
  print(`date      ${new Date().toISOString()}`);
  print(
    `machine   ${cpus().length} x ${first?.model ?? 'unknown processor'}, ${gigabytes(totalmem())}, ${type()} ${release()}`,
  );
  print(
    `versions  ${Object.entries(all)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  );
}

/** Prints how the figures below it were got. */
export function printMethod(...lines: readonly string[]): void {
  print('');
  for (const [index, line] of lines.entries()) print(`${index === 0 ? 'method    ' : '          '}${line}`);
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints one figure: a name, its value, and what is asked of it, if anything. */
export function printFigure(
  name: string,
  value: string,
  goal?: { readonly text: string; readonly met: boolean },
): void {
  const verdict = goal === undefined ? '' : `  (asked: ${goal.text}: ${goal.met ? 'met' : 'MISSED'})`;
  print(`${name.padEnd(44)} ${value}${verdict}`);
}

/** The value below which a share of the values lies; `share` 0..1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Median, tail and maximum of times in milliseconds, in one line. */
export function timesLine(times: readonly number[]): string {
  const at = (share: number) => quantile(times, share).toFixed(1);
  return `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms (${times.length} requests)`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
