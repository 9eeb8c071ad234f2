import type { JsonObject } from '../../domain/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { RankedEntry, RankedLists, RankedSlice } from '../../ports/ranked-lists.ts';

export interface MemoryRankedListsOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** At most so many lists are kept, the oldest go first. Default 10,000. */
  readonly maxLists?: number;
  /** At most so many entries in all lists, the oldest lists go first. Default 1,000,000 (some 20 MB, and the ids). */
  readonly maxEntries?: number;
}

interface List {
  readonly ids: readonly string[];
  readonly scores: Float64Array;
  readonly meta: JsonObject;
  readonly expiresAtMs: number;
}

/** Expired lists are looked for among the oldest so many, each time a list is saved. */
const LOOKED_AT_ONCE = 20;

/** Ranked lists in this process. */
export function createMemoryRankedLists(options: MemoryRankedListsOptions): RankedLists {
  const { clock, ids, maxLists = 10_000, maxEntries = 1_000_000 } = options;
  const shelf = createShelf();
  const makeRoom = () => {
    shelf.dropExpired(clock.now());
    while (shelf.lists() > 1 && (shelf.lists() > maxLists || shelf.entries() > maxEntries))
      shelf.dropOldest();
  };
  return {
    save: async (entries, meta, ttlMs, call) => {
      call.signal.throwIfAborted();
      const listId = ids.next();
      shelf.add(listId, toList(entries, meta, clock.now() + ttlMs));
      makeRoom();
      return listId;
    },
    slice: async (listId, offset, limit, call) => {
      call.signal.throwIfAborted();
      const list = shelf.get(listId);
      return list === undefined || list.expiresAtMs <= clock.now() ? undefined : cut(list, offset, limit);
    },
  };
}

/** Lists by id, oldest first (a Map keeps the order in which keys came), with the number of their entries. */
function createShelf() {
  const byId = new Map<string, List>();
  let entries = 0;
  const drop = (listId: string) => {
    entries -= byId.get(listId)?.ids.length ?? 0;
    byId.delete(listId);
  };
  return {
    lists: () => byId.size,
    entries: () => entries,
    get: (listId: string) => byId.get(listId),
    add: (listId: string, list: List) => {
      byId.set(listId, list);
      entries += list.ids.length;
    },
    dropExpired: (nowMs: number) => {
      let looked = 0;
      for (const [listId, list] of byId) {
        if (looked === LOOKED_AT_ONCE) return;
        if (list.expiresAtMs <= nowMs) drop(listId);
        looked += 1;
      }
    },
    dropOldest: () => {
      const [oldest] = byId.keys();
      if (oldest !== undefined) drop(oldest);
    },
  };
}

function toList(entries: readonly RankedEntry[], meta: JsonObject, expiresAtMs: number): List {
  return {
    ids: entries.map((entry) => entry.id),
    scores: Float64Array.from(entries, (entry) => entry.score),
    meta: structuredClone(meta),
    expiresAtMs,
  };
}

function cut(list: List, offset: number, limit: number): RankedSlice {
  const entries = list.ids
    .slice(offset, offset + limit)
    .map((id, index) => ({ id, score: list.scores[offset + index] ?? 0 }));
  return { entries, size: list.ids.length, meta: structuredClone(list.meta) };
}
