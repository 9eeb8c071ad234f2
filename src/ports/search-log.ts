import type { Call } from './call.ts';

/** One search as it was answered. */
export interface SearchLogEntry {
  readonly queryId: string;
  readonly text: string;
  /** The filters given, by name. */
  readonly filters: Readonly<Record<string, string>>;
  readonly total: number;
  /** Milliseconds. */
  readonly tookMs: number;
  readonly at: Date;
}

/**
 * What users searched for, kept 90 days.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface SearchLog {
  /** Keeps the entries; an entry whose `queryId` is kept already is passed over. */
  record(entries: readonly SearchLogEntry[], call: Call): Promise<void>;

  /** The newest entries first, ties by `queryId`. */
  recent(limit: number, call: Call): Promise<readonly SearchLogEntry[]>;
}

/** How long a search is kept, by the time it was made. */
export const LOG_KEPT_MS = 90 * 24 * 3_600_000;
