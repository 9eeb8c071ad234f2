import type { Program } from '../../../domain/program/program.ts';
import { comparePositions } from '../../../domain/program/program-query.ts';
import { compareText } from '../../../domain/text.ts';
import type { CategoryPosition } from '../../../ports/hot-program-store.ts';
import type { SortedList } from '../sorted-list.ts';
import { createSortedList, firstNotBefore } from '../sorted-list.ts';

/** What is kept under an id; a tombstone has no program. Never changed, only replaced. */
export interface StoredEntry {
  readonly version: number;
  readonly program: Program | undefined;
  /** `Infinity`: never. */
  readonly expiresAtMs: number;
}

/** Entries by id, and those that are programs by category. */
export interface HotShelf {
  get(programId: string): StoredEntry | undefined;
  replace(programId: string, entry: StoredEntry, nowMs: number): void;
  /** Up to `limit` ids in order, those of the expired included, that come after an id. */
  idsAfter(programId: string | undefined, limit: number): readonly string[];
  /** The programs of a category in order, without the expired; to be read before the next `replace`. */
  inCategory(category: string, after: CategoryPosition | undefined, nowMs: number): Iterable<Program>;
}

/** So many entries that have a time are looked at with each write: more than one comes in, so the expired do not pile up. */
const LOOKED_AT_ONCE = 4;

export function createHotShelf(): HotShelf {
  const byId = new Map<string, StoredEntry>();
  const ids = createSortedList(compareText);
  const categories = new Map<string, SortedList<Program>>();
  // The ids of entries that have a time, in the order in which they are looked at.
  const expiring = new Set<string>();

  const takeOut = (programId: string): void => {
    const program = byId.get(programId)?.program;
    if (program !== undefined) categories.get(program.category)?.remove(program);
    byId.delete(programId);
    expiring.delete(programId);
  };
  const drop = (programId: string): void => {
    takeOut(programId);
    ids.remove(programId);
  };
  const dropExpired = (nowMs: number): void => {
    let looked = 0;
    for (const programId of expiring) {
      if (looked === LOOKED_AT_ONCE) return;
      looked += 1;
      expiring.delete(programId);
      if ((byId.get(programId)?.expiresAtMs ?? 0) <= nowMs) drop(programId);
      else expiring.add(programId);
    }
  };
  const add = (programId: string, entry: StoredEntry): void => {
    byId.set(programId, entry);
    if (entry.expiresAtMs !== Number.POSITIVE_INFINITY) expiring.add(programId);
    if (entry.program !== undefined) listOf(categories, entry.program.category).add(entry.program);
  };

  return {
    get: (programId) => byId.get(programId),
    replace: (programId, entry, nowMs) => {
      if (!byId.has(programId)) ids.add(programId);
      takeOut(programId);
      add(programId, entry);
      dropExpired(nowMs);
    },
    idsAfter: (programId, limit) => {
      const from = programId === undefined ? 0 : placeAfterId(ids.items(), programId);
      return ids.items().slice(from, from + limit);
    },
    inCategory: function* (category, after, nowMs) {
      const items = categories.get(category)?.items() ?? [];
      for (let at = after === undefined ? 0 : placeAfter(items, after); at < items.length; at += 1) {
        const program = items[at];
        if (program !== undefined && (byId.get(program.programId)?.expiresAtMs ?? 0) > nowMs) yield program;
      }
    },
  };
}

function listOf(categories: Map<string, SortedList<Program>>, category: string): SortedList<Program> {
  const list = categories.get(category) ?? createSortedList(compareRanks);
  categories.set(category, list);
  return list;
}

function compareRanks(a: Program, b: Program): number {
  return comparePositions('-popularityScore', rankOf(a), rankOf(b));
}

// The id itself counts as before the place sought, and so does the position below.
function placeAfterId(ids: readonly string[], programId: string): number {
  return firstNotBefore(ids, (id) => (compareText(id, programId) <= 0 ? -1 : 1));
}

function placeAfter(items: readonly Program[], after: CategoryPosition): number {
  return firstNotBefore(items, (item) =>
    comparePositions('-popularityScore', rankOf(item), after) <= 0 ? -1 : 1,
  );
}

function rankOf(program: Program): CategoryPosition {
  return [program.popularityScore, program.programId];
}
