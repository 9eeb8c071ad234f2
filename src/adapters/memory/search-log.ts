import { compareText } from '../../domain/text.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SearchLog, SearchLogEntry } from '../../ports/search-log.ts';
import { LOG_KEPT_MS } from '../../ports/search-log.ts';

export interface MemorySearchLogOptions {
  readonly clock: Clock;
  /** At most so many entries are kept, the oldest go first. Default 100,000 (some 30 MB). */
  readonly maxEntries?: number;
}

/** The search log in this process: bounded in number as well as in time. */
export function createMemorySearchLog({ clock, maxEntries = 100_000 }: MemorySearchLogOptions): SearchLog {
  const known = new Set<string>();
  /** The order of `recent` backwards: entries mostly come in time order, so most are put at the end. */
  const oldestFirst: SearchLogEntry[] = [];

  const add = (entry: SearchLogEntry) => {
    if (known.has(entry.queryId)) return;
    known.add(entry.queryId);
    oldestFirst.splice(placeOf(oldestFirst, entry), 0, copy(entry));
  };
  const prune = () => {
    const limitMs = clock.now() - LOG_KEPT_MS;
    const fresh = oldestFirst.findIndex((entry) => entry.at.valueOf() > limitMs);
    const expired = fresh === -1 ? oldestFirst.length : fresh;
    const gone = oldestFirst.splice(0, Math.max(expired, oldestFirst.length - maxEntries));
    for (const entry of gone) known.delete(entry.queryId);
  };
  return {
    record: async (entries, call) => {
      call.signal.throwIfAborted();
      for (const entry of entries) add(entry);
      prune();
    },
    recent: async (limit, call) => {
      call.signal.throwIfAborted();
      prune();
      return oldestFirst
        .slice(Math.max(0, oldestFirst.length - limit))
        .reverse()
        .map(copy);
    },
  };
}

/** Where an entry belongs in the list (binary search). */
function placeOf(oldestFirst: readonly SearchLogEntry[], entry: SearchLogEntry): number {
  let low = 0;
  let high = oldestFirst.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = oldestFirst[middle];
    if (other !== undefined && isListedBefore(entry, other)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isListedBefore(a: SearchLogEntry, b: SearchLogEntry): boolean {
  const later = a.at.valueOf() - b.at.valueOf();
  return later === 0 ? compareText(a.queryId, b.queryId) < 0 : later > 0;
}

function copy(entry: SearchLogEntry): SearchLogEntry {
  return { ...entry, filters: { ...entry.filters }, at: new Date(entry.at) };
}
