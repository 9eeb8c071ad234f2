import { printable } from '../../domain/program/program-line.ts';
import { number } from '../import/progress.ts';
import { columns, timeText } from '../migrate/texts.ts';
import type { Terminal } from '../terminal.ts';
import { complain, say } from '../terminal.ts';
import { rejectedText } from './rejected-lines.ts';
import type { LaneResult, SimulationResult } from './simulation.ts';

/** How a simulation ended. */
export interface SimulationEnd {
  readonly file: string;
  readonly result: SimulationResult;
  readonly seconds: number;
  /** False when it was stopped. */
  readonly isComplete: boolean;
  readonly maxKeys: number;
}

const HEADS = [
  ...['policy', 'algorithm', 'admitted', 'denied', '% denied', 'clients denied'],
  ...['most denied', 'peak asked in a window'],
];

/** A row for each lane. */
export function tableText({ lanes }: SimulationResult): string {
  return columns([HEADS, ...lanes.map(cellsOf)]);
}

function cellsOf({ lane, admitted, denied, clientsDenied, mostDenied, untold, peak }: LaneResult) {
  const most = mostDenied.map((each) => `${printable(each.client)} (${number(each.denied)})`);
  return [
    lane.name,
    algorithmsText(lane),
    number(admitted),
    number(denied),
    percentText(denied, admitted + denied),
    `${number(clientsDenied)}${untold > 0 ? ' or more' : ''}`,
    most.join(', ') || '-',
    peak === undefined ? '-' : `${number(peak.units)} (${printable(peak.client)})`,
  ];
}

function algorithmsText({ policies }: LaneResult['lane']): string {
  return [...new Set(policies.map(({ algorithm }) => algorithm))].join(', ');
}

function percentText(part: number, whole: number): string {
  if (part === 0) return '0';
  const percent = (100 * part) / whole;
  return percent < 0.1 ? '< 0.1' : percent.toFixed(1);
}

/** One object for machines; times are ISO 8601. */
export function resultJson({ file, result, isComplete }: SimulationEnd): string {
  const { requests, late, span, rejected, lanes } = result;
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  const json = {
    file,
    complete: isComplete,
    requests,
    from: time(span?.fromMs),
    to: time(span?.toMs),
    late: late.count,
    latestByMs: late.mostMs,
    rejected,
    results: lanes.map(({ lane: { name, policies }, ...counts }) => ({
      name,
      policies: policies.map((each) => ({
        name: each.name,
        algorithm: each.algorithm,
        limit: each.limit,
        windowMs: each.windowMs,
      })),
      ...counts,
      peak: counts.peak ?? null,
    })),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Tells a person what was read. */
export function saySummary(
  terminal: Terminal,
  { file, result, seconds, isComplete }: SimulationEnd,
  line: number,
): void {
  const { requests, late, span, rejected } = result;
  const what = isComplete ? `Simulated ${file}` : `Stopped after line ${number(line)} of ${file}`;
  const refused = rejected.reduce((total, { count }) => total + count, 0);
  const times = span ? ` from ${timeText(new Date(span.fromMs))} to ${timeText(new Date(span.toMs))}` : '';
  const counts = `${number(requests)} requests${times}, ${number(refused)} lines rejected`;
  say(terminal, `${what}: ${counts} in ${seconds.toFixed(1)} s.`);
  if (late.count > 0) say(terminal, lateText(late));
}

function lateText({ count, mostMs }: SimulationResult['late']): string {
  const many = `${number(count)} of them came after later ones, by up to ${number(mostMs / 1000)} s`;
  return `${many}: they count at the time of the latest before them.`;
}

/** Tells what makes the figures less than exact, and lists rejected lines. */
export function sayDoubts(terminal: Terminal, { result, maxKeys }: SimulationEnd): void {
  for (const reason of result.rejected) complain(terminal, printable(rejectedText(reason)));
  for (const { lane, evictedLive, untold } of result.lanes) {
    const name = `${lane.name}, ${algorithmsText(lane)}`;
    const more = `give it more than --max-keys ${maxKeys}`;
    if (evictedLive > 0)
      complain(
        terminal,
        `${name}: ${number(evictedLive)} counters were dropped while they counted, so too much passed: ${more}.`,
      );
    if (untold > 0)
      complain(
        terminal,
        `${name}: ${number(untold)} denials are of more clients than can be told apart: ${more}.`,
      );
  }
}
