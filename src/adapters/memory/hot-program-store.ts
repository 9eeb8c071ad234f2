import type { Page } from '../../domain/page.ts';
import type { Program } from '../../domain/program/program.ts';
import type { ProgramCard } from '../../domain/program/program-card.ts';
import { toCard } from '../../domain/program/program-card.ts';
import { readScanCursor, writeScanCursor } from '../../domain/scan-cursor.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  CategoryPosition,
  HotEntry,
  HotProgramStore,
  HotPutOptions,
  HotRead,
  HotScanPage,
  HotWrite,
  ProgramRemoval,
} from '../../ports/hot-program-store.ts';
import { TOMBSTONE_KEPT_MS } from '../../ports/hot-program-store.ts';
import type { Ids } from '../../ports/ids.ts';
import type { HotShelf, StoredEntry } from './hot-programs/hot-shelf.ts';
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
  return {
    get: (programId, call) => on(call, (nowMs) => toRead(shelf.get(programId), nowMs)),
    getMany: (programIds, call) =>
      on(call, (nowMs) => programIds.map((programId) => toRead(shelf.get(programId), nowMs))),
    put: (program, options, call) =>
      on(call, (nowMs) => write(shelf, program, { ...options, made: () => copyProgram(program) }, nowMs)),
    delete: (removal, call, options) =>
      on(call, (nowMs) => {
        const tombstone = { ttlMs: TOMBSTONE_KEPT_MS, made: () => undefined };
        return write(shelf, removal, { ...options, ...tombstone }, nowMs);
      }),
    scan: (cursor, limit, call) => on(call, (nowMs) => scanPage(shelf, cursor, limit, nowMs)),
    topByCategory: (category, limit, after, call) =>
      on(call, (nowMs) => pageOf(shelf.inCategory(category, after, nowMs), limit)),
    saveList: (name, cards, ttlMs, call) => on(call, (nowMs) => snapshots.save(name, cards, ttlMs, nowMs)),
    list: (name, query, call) => on(call, (nowMs) => snapshots.slice(name, query, nowMs)),
  };
}

interface Written extends HotPutOptions {
  /** A copy of what is written; `undefined`: a tombstone. */
  readonly made: () => Program | undefined;
}

function write(
  shelf: HotShelf,
  { programId, version }: ProgramRemoval,
  { ttlMs, refresh = false, made }: Written,
  nowMs: number,
): HotWrite {
  const stored = shelf.get(programId);
  if (stored !== undefined && stored.expiresAtMs > nowMs) {
    if (stored.version > version) return { outcome: 'superseded', version: stored.version };
    if (stored.version === version && !refresh) return { outcome: 'duplicate', version };
  }
  const expiresAtMs = ttlMs === undefined ? Number.POSITIVE_INFINITY : nowMs + ttlMs;
  shelf.replace(programId, { version, program: made(), expiresAtMs }, nowMs);
  return { outcome: 'applied', version };
}

const SCANNED = 'programs in memory';

function scanPage(shelf: HotShelf, cursor: string | undefined, limit: number, nowMs: number): HotScanPage {
  const [after] = cursor === undefined ? [] : readScanCursor(SCANNED, cursor);
  const programIds = shelf.idsAfter(after, limit);
  const last = programIds.length === limit ? programIds.at(-1) : undefined;
  return {
    entries: programIds.flatMap((programId) => toEntry(programId, shelf.get(programId), nowMs)),
    next: last === undefined ? undefined : writeScanCursor(SCANNED, [last]),
  };
}

function toEntry(programId: string, stored: StoredEntry | undefined, nowMs: number): readonly HotEntry[] {
  if (stored === undefined || stored.expiresAtMs <= nowMs) return [];
  const state = stored.program === undefined ? 'tombstone' : 'live';
  return [{ programId, version: stored.version, state }];
}

function toRead(entry: StoredEntry | undefined, nowMs: number): HotRead {
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
