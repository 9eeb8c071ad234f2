import type { JsonObject } from '../domain/json.ts';
import type { Call } from './call.ts';

export interface RankedEntry {
  readonly id: string;
  readonly score: number;
}

export interface RankedSlice {
  readonly entries: readonly RankedEntry[];
  /** Length of the whole list. */
  readonly size: number;
  readonly meta: JsonObject;
}

/**
 * Orders as they were at one moment, so that a caller can page a list whose ranks move without duplicates or gaps.
 * A list never changes once saved; it is gone some time after its `ttlMs`. Every instance can read what any has saved.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface RankedLists {
  /** Saves up to 1,000 entries and answers the list's id. `meta` is what belongs to the list as a whole. */
  save(entries: readonly RankedEntry[], meta: JsonObject, ttlMs: number, call: Call): Promise<string>;

  /** Entries from the `offset`th (0 is the first) on; `undefined` when the list is unknown or its time is over. */
  slice(listId: string, offset: number, limit: number, call: Call): Promise<RankedSlice | undefined>;
}
