import type { Page } from '../../domain/page.ts';
import type { Program } from '../../domain/program/program.ts';
import type { ProgramCard } from '../../domain/program/program-card.ts';
import { toCard } from '../../domain/program/program-card.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CategoryPosition, HotProgramStore, HotRead, HotWrite } from '../../ports/hot-program-store.ts';
import { TOMBSTONE_KEPT_MS } from '../../ports/hot-program-store.ts';
import type { Ids } from '../../ports/ids.ts';
import type { HotEntry, HotShelf } from './hot-programs/hot-shelf.ts';
import { createHotShelf } from './hot-programs/hot-shelf.ts';
import { createSnapshots } from './hot-programs/snapshots.ts';
import { copyProgram } from './program-catalog-shelf.ts';

export interface MemoryHotProgramStoreOptions {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Copies of programs in this process, as objects of their own. */
export function createMemoryHotProgramStore({ clock, ids }: MemoryHotProgramStoreOptions): HotProgramStore {
  const shelf = createHotShelf();
  const snapshots = createSnapshots(ids);
  const on = async <Result>(call: Call, run: (nowMs: number) => Result): Promise<Result> => {
    call.signal.throwIfAborted();
    return run(clock.now());
  };
  const write = (call: Call, programId: string, version: number, made: (nowMs: number) => HotEntry) =>
    on(call, (nowMs) => writeIfNewer(shelf, programId, version, nowMs, () => made(nowMs)));
  return {
    get: (programId, call) => on(call, (nowMs) => toRead(shelf.get(programId), nowMs)),
    getMany: (programIds, call) =>
      on(call, (nowMs) => programIds.map((programId) => toRead(shelf.get(programId), nowMs))),
    put: (program, ttlMs, call) =>
      write(call, program.programId, program.version, (nowMs) => ({
        version: program.version,
        program: copyProgram(program),
        expiresAtMs: ttlMs === undefined ? Number.POSITIVE_INFINITY : nowMs + ttlMs,
      })),
    delete: ({ programId, version }, call) =>
      write(call, programId, version, (nowMs) => ({
        version,
        program: undefined,
        expiresAtMs: nowMs + TOMBSTONE_KEPT_MS,
      })),
    topByCategory: (category, limit, after, call) =>
      on(call, (nowMs) => pageOf(shelf.inCategory(category, after, nowMs), limit)),
    saveList: (name, cards, ttlMs, call) => on(call, (nowMs) => snapshots.save(name, cards, ttlMs, nowMs)),
    list: (name, query, call) => on(call, (nowMs) => snapshots.slice(name, query, nowMs)),
  };
}

function writeIfNewer(
  shelf: HotShelf,
  programId: string,
  version: number,
  nowMs: number,
  made: () => HotEntry,
): HotWrite {
  const stored = shelf.get(programId);
  if (stored !== undefined && stored.expiresAtMs > nowMs && stored.version >= version)
    return { outcome: stored.version === version ? 'duplicate' : 'superseded', version: stored.version };
  shelf.replace(programId, made(), nowMs);
  return { outcome: 'applied', version };
}

function toRead(entry: HotEntry | undefined, nowMs: number): HotRead {
  if (entry === undefined) return { outcome: 'miss' };
  if (entry.expiresAtMs <= nowMs) return { outcome: 'expired' };
  if (entry.program === undefined) return { outcome: 'tombstone', version: entry.version };
  return { outcome: 'hit', program: copyProgram(entry.program) };
}

function pageOf(programs: Iterable<Program>, limit: number): Page<ProgramCard, CategoryPosition> {
  const items: ProgramCard[] = [];
  for (const program of programs) {
    const last = items.at(-1);
    if (items.length === limit && last !== undefined)
      return { items, next: [last.popularityScore, last.programId] };
    items.push(toCard(program));
  }
  return { items, next: undefined };
}
