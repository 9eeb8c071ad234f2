import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '../../../../src/domain/limits/policy.ts';

/** What an operation asks of one counter. */
export interface Asked {
  readonly key: string;
  readonly policy: Policy;
  readonly cost: number;
  /** Of `consume-up-to`: what is enough. */
  readonly least?: number;
  readonly permitId?: string;
}

export type OperationKind = 'consume' | 'consume-all' | 'consume-up-to' | 'refund';

/** For each counter asked: whether that alone passes, and what it took. */
export interface Told {
  readonly allowed: boolean;
  readonly units: number;
}

/** Written before an operation is sent. Times are whole milliseconds since the epoch. */
export interface BeginLine {
  readonly event: 'begin';
  readonly id: string;
  readonly worker: string;
  readonly kind: OperationKind;
  readonly asked: readonly Asked[];
  readonly at: number;
}

/**
 * - `allowed`, `denied`: all was taken, or nothing; a refund that was answered is `allowed`.
 * - `unknown`: an error of the port, after which it may have been done, or may be yet.
 * - `fault`: an error that the port does not have.
 */
export type Outcome = 'allowed' | 'denied' | 'unknown' | 'fault';

export interface EndLine {
  readonly event: 'end';
  readonly id: string;
  readonly at: number;
  readonly outcome: Outcome;
  /** In the order of what was asked; of `allowed` and `denied` only. */
  readonly told?: readonly Told[];
  readonly error?: string;
}

export type HistoryLine = BeginLine | EndLine;

export interface Operation extends Omit<BeginLine, 'event' | 'at'>, Pick<EndLine, 'told' | 'error'> {
  readonly begun: number;
  /** `undefined`: who asked was gone before the answer came. */
  readonly ended: number | undefined;
  readonly outcome: Outcome;
}

/** Joins the two lines of each operation; one without its end is `unknown`. In the order in which they began. */
export function toOperations(lines: readonly HistoryLine[]): readonly Operation[] {
  const ends = new Map(lines.flatMap((line) => (line.event === 'end' ? [[line.id, line] as const] : [])));
  return lines
    .flatMap((line) => (line.event === 'begin' ? [joined(line, ends.get(line.id))] : []))
    .sort((a, b) => a.begun - b.begun);
}

function joined({ id, worker, kind, asked, at }: BeginLine, end: EndLine | undefined): Operation {
  return {
    ...{ id, worker, kind, asked },
    begun: at,
    ended: end?.at,
    outcome: end?.outcome ?? 'unknown',
    ...(end?.told !== undefined && { told: end.told }),
    ...(end?.error !== undefined && { error: end.error }),
  };
}

/** Reads every log in a folder. Only the last line of one may be torn, by a kill. */
export function readHistory(folder: string): readonly Operation[] {
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1));
  return toOperations(lines.map((line) => JSON.parse(line) as HistoryLine));
}
