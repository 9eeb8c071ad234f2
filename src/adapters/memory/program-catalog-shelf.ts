import type { JsonObject } from '../../domain/json.ts';
import type { Program } from '../../domain/program/program.ts';
import type { ProgramFilter, ProgramPosition, ProgramSort } from '../../domain/program/program-query.ts';
import { comparePositions, matches, PROGRAM_SORTS, positionOf } from '../../domain/program/program-query.ts';
import { compareText } from '../../domain/text.ts';
import type { KeyRange } from '../../ports/key-ranges.ts';
import type { SortedList } from './sorted-list.ts';
import { createSortedList, firstNotBefore } from './sorted-list.ts';

/** What is kept of an id that was ever written; the program of a deleted one is gone. */
export interface Stored {
  readonly version: number;
  readonly program: Program | undefined;
}

/** Programs by id and in every order. Programs on it are never changed, only replaced. */
export interface Shelf {
  stored(programId: string): Stored | undefined;
  replace(programId: string, stored: Stored): void;
  /** Up to `limit` programs of an order that meet the filter, from the one after a position. */
  inOrder(
    sort: ProgramSort,
    filter: ProgramFilter,
    limit: number,
    after: ProgramPosition | undefined,
  ): readonly Program[];
  byId(afterId: string | undefined, limit: number): readonly Program[];
  /** The first `limit` ids of a range that were ever written, in order. */
  idsIn(range: KeyRange, limit: number): readonly string[];
  all(): Iterable<Program>;
}

export function createShelf(): Shelf {
  const byId = new Map<string, Stored>();
  const ids = createSortedList<Program>((a, b) => compareText(a.programId, b.programId));
  const orders = Object.fromEntries(PROGRAM_SORTS.map((sort) => [sort, orderedBy(sort)])) as Orders;
  const lists = [ids, ...Object.values(orders)];
  const everWritten = createSortedList<string>(compareText);
  return {
    stored: (programId) => byId.get(programId),
    replace: (programId, stored) => {
      const before = byId.get(programId)?.program;
      if (before !== undefined) for (const list of lists) list.remove(before);
      if (stored.program !== undefined) for (const list of lists) list.add(stored.program);
      if (!byId.has(programId)) everWritten.add(programId);
      byId.set(programId, stored);
    },
    inOrder: (sort, filter, limit, after) => {
      const items = orders[sort].items();
      return take(items, after === undefined ? 0 : placeAfter(items, sort, after), limit, filter);
    },
    byId: (afterId, limit) => {
      const items = ids.items();
      const start =
        afterId === undefined
          ? 0
          : firstNotBefore(items, (item) => isNotPast(compareText(item.programId, afterId)));
      return items.slice(start, start + limit);
    },
    idsIn: (range, limit) => sliceOf(everWritten.items(), range, limit),
    all: () => ids.items(),
  };
}

type Orders = Record<ProgramSort, SortedList<Program>>;

function orderedBy(sort: ProgramSort): SortedList<Program> {
  return createSortedList((a, b) => comparePositions(sort, positionOf(a, sort), positionOf(b, sort)));
}

function placeAfter(items: readonly Program[], sort: ProgramSort, after: ProgramPosition): number {
  return firstNotBefore(items, (item) => isNotPast(comparePositions(sort, positionOf(item, sort), after)));
}

function sliceOf(ids: readonly string[], { after, upTo }: KeyRange, limit: number): readonly string[] {
  const placePast = (key: string) => firstNotBefore(ids, (id) => isNotPast(compareText(id, key)));
  const start = after === undefined ? 0 : placePast(after);
  const end = upTo === undefined ? ids.length : placePast(upTo);
  return ids.slice(start, Math.min(end, start + limit));
}

// The position itself counts as before the place sought.
function isNotPast(order: number): number {
  return order <= 0 ? -1 : 1;
}

function take(
  items: readonly Program[],
  start: number,
  limit: number,
  filter: ProgramFilter,
): readonly Program[] {
  const taken: Program[] = [];
  for (let index = start; index < items.length && taken.length < limit; index += 1) {
    const item = items[index];
    if (item !== undefined && matches(item, filter)) taken.push(item);
  }
  return taken;
}

/** A copy that shares nothing with the original. Through JSON, as a store would keep it: `-0` becomes 0. */
export function copyProgram(program: Program): Program {
  return {
    ...program,
    tags: [...program.tags],
    metadata: JSON.parse(JSON.stringify(program.metadata)) as JsonObject,
    viewCount: program.viewCount + 0,
    popularityScore: program.popularityScore + 0,
    createdAt: new Date(program.createdAt),
    updatedAt: new Date(program.updatedAt),
  };
}
