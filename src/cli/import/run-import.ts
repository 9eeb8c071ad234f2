import type { Line } from '../../domain/lines.ts';
import type { ImportOutcome, RejectedLine } from '../../domain/program/program-imports.ts';
import type { RecordMap } from '../../domain/program/record-map.ts';
import type { Call } from '../../ports/call.ts';
import type { ImportTarget } from './import-target.ts';
import { mapLines } from './map-lines.ts';

/** What an import did so far. */
export interface ImportTotals {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** The number of the last line that was dealt with; 0 before the first. */
  readonly lastLine: number;
}

export interface ImportRun {
  readonly target: ImportTarget;
  /** Turns each line into a program's first. */
  readonly map?: RecordMap;
  /** Lines before this one are passed over. */
  readonly fromLine: number;
  /** Aborted: finish the batch in flight and take no other. */
  readonly stop: AbortSignal;
  readonly call: Call;
  /** Called after each batch, and waited for. */
  onBatch(totals: ImportTotals, rejected: readonly RejectedLine[]): Promise<void>;
}

/** The import broke off; `totals` are of the batches before. The cause says why. */
export class ImportBroken extends Error {
  readonly totals: ImportTotals;

  constructor(message: string, options: ErrorOptions, totals: ImportTotals) {
    super(message, options);
    this.name = 'ImportBroken';
    this.totals = totals;
  }
}

const NOTHING: ImportTotals = { created: 0, updated: 0, unchanged: 0, rejected: 0, lastLine: 0 };

/**
 * Imports batches of lines one after the other: the next batch is read and mapped while one is being written, and no more,
 * so memory stays flat and a slow target slows the reading down. @throws {ImportBroken}
 */
export async function runImport(
  batches: AsyncIterable<readonly Line[]>,
  run: ImportRun,
): Promise<ImportTotals> {
  let totals = NOTHING;
  try {
    for await (const lines of readAhead(prepared(batches, run))) {
      const outcome = await run.target.importBatch(lines, run.call);
      totals = added(totals, outcome, lines.at(-1)?.line ?? totals.lastLine);
      await run.onBatch(totals, outcome.rejected);
      if (run.stop.aborted) break;
    }
    return totals;
  } catch (cause) {
    throw new ImportBroken('the import broke off', { cause }, totals);
  }
}

async function* prepared(
  batches: AsyncIterable<readonly Line[]>,
  { map, fromLine, stop }: ImportRun,
): AsyncGenerator<readonly Line[], void, void> {
  try {
    for await (const batch of batches) {
      if (stop.aborted) return;
      const wanted = batch.filter(({ line }) => line >= fromLine);
      if (wanted.length > 0) yield map === undefined ? wanted : mapLines(wanted, map);
    }
  } catch (error) {
    // An input that was closed because of the wish to stop breaks off wherever it is.
    if (!stop.aborted) throw error;
  }
}

/** Asks for the next item while the one before is being worked on. */
async function* readAhead<Item>(source: AsyncGenerator<Item, void, void>): AsyncGenerator<Item, void, void> {
  try {
    let next = source.next();
    for (;;) {
      const result = await next;
      if (result.done === true) return;
      next = source.next();
      // Whoever waits for it below hears of a failure; until then nobody does, and it must not count as unhandled.
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    // Not waited for: an item that was asked for may never come. Whoever opened the source closes what is behind it.
    source.return().catch(() => undefined);
  }
}

function added(totals: ImportTotals, outcome: ImportOutcome, lastLine: number): ImportTotals {
  return {
    created: totals.created + outcome.created,
    updated: totals.updated + outcome.updated,
    unchanged: totals.unchanged + outcome.unchanged,
    rejected: totals.rejected + outcome.rejected.length,
    lastLine,
  };
}
