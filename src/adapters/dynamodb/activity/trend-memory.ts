import type { TrendWindow } from '../../../domain/discovery/trend-score.ts';
import type { Call } from '../../../ports/call.ts';
import { withStoreErrors } from '../store-errors.ts';
import type { ActivityTable } from './activity-table.ts';
import type { TrendRow } from './trend-rows.ts';
import { topRows } from './trend-rows.ts';

/** How old whole windows may be. */
const MEMORY_MS = 10_000;
const READ_TIMEOUT_MS = 30_000;

interface Remembered {
  readonly rows: Promise<readonly TrendRow[]>;
  readonly readAtMs: number;
}

/**
 * Makes a function that answers all programs of a window, ranked, and reads them at most once in 10 seconds however many
 * ask: 100,000 programs are about 1,800 read units. Scores are as of no moment, so what is remembered still fades to the
 * second; views of the last seconds are missing.
 */
export function createTrendMemory(table: ActivityTable) {
  const remembered = new Map<TrendWindow, Remembered>();

  function read(window: TrendWindow): Remembered {
    // Many callers share it: none of them may end it.
    const call = { signal: AbortSignal.timeout(READ_TIMEOUT_MS) };
    const reading = {
      rows: withStoreErrors(() => readAll(table, window, call), call),
      readAtMs: table.clock.now(),
    };
    remembered.set(window, reading);
    reading.rows.catch(() => {
      if (remembered.get(window) === reading) remembered.delete(window);
    });
    return reading;
  }

  return async (window: TrendWindow): Promise<readonly TrendRow[]> => {
    const found = remembered.get(window);
    if (found === undefined) return read(window).rows;
    const ageMs = table.clock.now() - found.readAtMs;
    return (ageMs >= 0 && ageMs < MEMORY_MS ? found : read(window)).rows;
  };
}

async function readAll(table: ActivityTable, window: TrendWindow, call: Call): Promise<readonly TrendRow[]> {
  const all = Number.POSITIVE_INFINITY;
  return (await topRows(table, { window, limit: all, matches: () => true, mostRows: all }, call)) ?? [];
}
