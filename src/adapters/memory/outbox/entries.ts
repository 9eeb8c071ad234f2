import { createSortedList } from '../sorted-list.ts';

/** Since when the copy is behind, and the order of marking among those of one moment. */
interface Place {
  readonly key: string;
  readonly enqueuedAt: number;
  readonly order: number;
}

/** What a claim or a delay changes is changed in the entry itself; `place` and `parkedAt` only by removing it and putting another. */
export interface Entry {
  readonly place: Place;
  readonly version: number;
  readonly revision: number;
  readonly refresh: boolean;
  readonly freeAt: number;
  readonly attempts: number;
  readonly reason: string;
  readonly parkedAt: number | undefined;
}

/** Entries by key, and those that are not parked oldest first. */
export interface Entries {
  get(key: string): Entry | undefined;
  /** Of a key that has none. */
  put(entry: Entry): void;
  remove(entry: Entry): void;
  all(): readonly Entry[];
  /** Not to be kept past the next change. */
  waiting(): readonly Entry[];
  size(): number;
  nextRevision(): number;
}

export function createEntries(): Entries {
  const byKey = new Map<string, Entry>();
  const waiting = createSortedList<Entry>(
    (a, b) => a.place.enqueuedAt - b.place.enqueuedAt || a.place.order - b.place.order,
  );
  let revisions = 0;
  return {
    get: (key) => byKey.get(key),
    put: (entry) => {
      byKey.set(entry.place.key, entry);
      if (entry.parkedAt === undefined) waiting.add(entry);
    },
    remove: (entry) => {
      byKey.delete(entry.place.key);
      if (entry.parkedAt === undefined) waiting.remove(entry);
    },
    all: () => [...byKey.values()],
    waiting: () => waiting.items(),
    size: () => byKey.size,
    nextRevision: () => {
      revisions += 1;
      return revisions;
    },
  };
}
