import type { Program } from '../../../domain/program/program.ts';
import { comparePositions } from '../../../domain/program/program-query.ts';
import type { CategoryPosition } from '../../../ports/hot-program-store.ts';
import type { SortedList } from '../sorted-list.ts';
import { createSortedList, firstNotBefore } from '../sorted-list.ts';

/** What is kept under an id; a tombstone has no program. Never changed, only replaced. */
export interface HotEntry {
  readonly version: number;
  readonly program: Program | undefined;
  /** `Infinity`: never. */
  readonly expiresAtMs: number;
}

/** Entries by id, and those that are programs by category. */
export interface HotShelf {
  get(programId: string): HotEntry | undefined;
  replace(programId: string, entry: HotEntry, nowMs: number): void;
  /** The programs of a category in order, without the expired; to be read before the next `replace`. */
  inCategory(category: string, after: CategoryPosition | undefined, nowMs: number): Iterable<Program>;
}

/** So many entries that have a time are looked at with each write: more than one comes in, so the expired do not pile up. */
const LOOKED_AT_ONCE = 4;

export function createHotShelf(): HotShelf {
  const byId = new Map<string, HotEntry>();
  const categories = new Map<string, SortedList<Program>>();
  // The ids of entries that have a time, in the order in which they are looked at.
  const expiring = new Set<string>();

  const drop = (programId: string): void => {
    const program = byId.get(programId)?.program;
    if (program !== undefined) categories.get(program.category)?.remove(program);
    byId.delete(programId);
    expiring.delete(programId);
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
  const add = (programId: string, entry: HotEntry): void => {
    byId.set(programId, entry);
    if (entry.expiresAtMs !== Number.POSITIVE_INFINITY) expiring.add(programId);
    if (entry.program !== undefined) listOf(categories, entry.program.category).add(entry.program);
  };

  return {
    get: (programId) => byId.get(programId),
    replace: (programId, entry, nowMs) => {
      drop(programId);
      add(programId, entry);
      dropExpired(nowMs);
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

// The position itself counts as before the place sought.
function placeAfter(items: readonly Program[], after: CategoryPosition): number {
  return firstNotBefore(items, (item) =>
    comparePositions('-popularityScore', rankOf(item), after) <= 0 ? -1 : 1,
  );
}

function rankOf(program: Program): CategoryPosition {
  return [program.popularityScore, program.programId];
}
