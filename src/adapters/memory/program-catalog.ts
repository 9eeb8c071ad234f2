import { positionOf } from '../../domain/program/program-query.ts';
import { compareText } from '../../domain/text.ts';
import type { Call } from '../../ports/call.ts';
import type { Migrated } from '../../ports/phase-store.ts';
import type { CategoryCount, ProgramCatalog, ProgramState } from '../../ports/program-catalog.ts';
import type { MemoryOutbox } from './outbox.ts';
import type { Shelf } from './program-catalog-shelf.ts';
import { copyProgram, createShelf } from './program-catalog-shelf.ts';
import { createWrites } from './program-catalog-writes.ts';
import { splitKeys } from './split-keys.ts';

export interface MemoryProgramCatalogDeps {
  readonly outbox: MemoryOutbox;
  /** Whether writes are to be marked for the copies of a data set at this moment, beside `documents`. Default: never. */
  readonly marks?: (dataSet: Migrated) => boolean;
}

/**
 * The catalogue in this process. Each call does its work in one turn of the event loop, so it is atomic, and programs
 * are copied in and out.
 */
export function createMemoryProgramCatalog({
  outbox,
  marks = () => false,
}: MemoryProgramCatalogDeps): ProgramCatalog {
  const shelf = createShelf();
  const writes = createWrites(shelf, (programId, version, program) => {
    shelf.replace(programId, { version, program });
    outbox.markWritten('documents', programId, version);
    if (marks('programs')) outbox.markWritten('programs', programId, version);
  });
  return {
    ...createReads(shelf),
    put: (draft, condition, at, call) => inOneTurn(call, () => writes.put(draft, condition, at)),
    putMany: (drafts, at, call) => inOneTurn(call, () => writes.putMany(drafts, at)),
    delete: (programId, condition, at, call) =>
      inOneTurn(call, () => writes.delete(programId, condition, at)),
    addViews: (source, totals, at, call) => inOneTurn(call, () => writes.addViews(source, totals, at)),
  };
}

async function inOneTurn<Result>(call: Call, work: () => Result): Promise<Result> {
  call.signal.throwIfAborted();
  return work();
}

type Reads = Omit<ProgramCatalog, 'put' | 'putMany' | 'delete' | 'addViews'>;

function createReads(shelf: Shelf): Reads {
  const getMany: Reads['getMany'] = (programIds, call) =>
    inOneTurn(call, () =>
      [...new Set(programIds)].flatMap((id) => shelf.stored(id)?.program ?? []).map(copyProgram),
    );
  return {
    get: async (programId, call) => (await getMany([programId], call))[0],
    getMany,
    query: ({ filter, sort, limit, after }, call) =>
      inOneTurn(call, () => {
        const found = shelf.inOrder(sort, filter, limit + 1, after);
        const items = found.slice(0, limit).map(copyProgram);
        const last = items.at(-1);
        return {
          items,
          next: found.length > limit && last !== undefined ? positionOf(last, sort) : undefined,
        };
      }),
    top: ({ filter, sort, limit, idLimit }, call) =>
      inOneTurn(call, () => {
        const found = shelf.inOrder(sort, filter, idLimit, undefined);
        return {
          programs: found.slice(0, limit).map(copyProgram),
          programIds: found.map((item) => item.programId),
        };
      }),
    categories: (call) => inOneTurn(call, () => countCategories(shelf)),
    scan: (afterId, limit, call) => inOneTurn(call, () => shelf.byId(afterId, limit).map(copyProgram)),
    currentStates: (programIds, call) =>
      inOneTurn(call, () => [...new Set(programIds)].flatMap((programId) => stateOf(shelf, programId))),
    scanStates: (range, limit, call) =>
      inOneTurn(call, () => shelf.idsIn(range, limit).flatMap((programId) => stateOf(shelf, programId))),
    splitKeys: (parts, call) =>
      inOneTurn(call, () => splitKeys(shelf.idsIn({}, Number.POSITIVE_INFINITY), parts)),
  };
}

function countCategories(shelf: Shelf): readonly CategoryCount[] {
  const counts = new Map<string, number>();
  for (const { category } of shelf.all()) counts.set(category, (counts.get(category) ?? 0) + 1);
  return [...counts]
    .map(([category, count]) => ({ category, count }))
    .sort((a, b) => b.count - a.count || compareText(a.category, b.category));
}

function stateOf(shelf: Shelf, programId: string): readonly ProgramState[] {
  const stored = shelf.stored(programId);
  if (stored === undefined) return [];
  const { program, version } = stored;
  return program === undefined
    ? [{ deleted: true, programId, version }]
    : [{ deleted: false, program: copyProgram(program) }];
}
