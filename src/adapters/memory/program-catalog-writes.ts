import type { JsonValue } from '../../domain/json.ts';
import { jsonEqual } from '../../domain/json.ts';
import type { Program, ProgramDraft } from '../../domain/program/program.ts';
import { settledMeasures, toDraft } from '../../domain/program/program.ts';
import { conditionHolds } from '../../domain/program/write-condition.ts';
import type {
  BulkOutcome,
  DeleteOutcome,
  PutOutcome,
  ViewTotal,
  WriteCondition,
} from '../../ports/program-catalog.ts';
import type { Shelf } from './program-catalog-shelf.ts';
import { copyProgram } from './program-catalog-shelf.ts';

/** The catalogue's writes, each in one turn of the event loop. */
export interface Writes {
  put(draft: ProgramDraft, condition: WriteCondition, at: Date): PutOutcome;
  putMany(drafts: readonly ProgramDraft[], at: Date): readonly BulkOutcome[];
  delete(programId: string, condition: WriteCondition, at: Date): DeleteOutcome;
  addViews(source: string, totals: readonly ViewTotal[], at: Date): void;
}

/** Puts a new state on the shelf and leaves the marks that go with it. */
export type Write = (programId: string, version: number, program: Program | undefined) => void;

export function createWrites(shelf: Shelf, write: Write): Writes {
  const countedViews = new Map<string, Map<string, number>>();
  return {
    put: (draft, condition, at) => {
      const current = shelf.stored(draft.programId)?.program;
      if (conditionHolds(condition, current)) return replaceProgram(shelf, write, draft, at);
      return { outcome: 'conflict', current: current && copyProgram(current) };
    },
    putMany: (drafts, at) => {
      refuseRepeats(drafts);
      return drafts.map((draft) => replaceProgram(shelf, write, draft, at).outcome);
    },
    delete: (programId, condition) => deleteProgram(shelf, write, programId, condition),
    addViews: (source, totals, at) => {
      const counted = countedViews.get(source) ?? new Map<string, number>();
      countedViews.set(source, counted);
      for (const [programId, total] of highestTotals(totals)) {
        const current = shelf.stored(programId)?.program;
        const added = total - (counted.get(programId) ?? 0);
        if (current === undefined || added <= 0) continue;
        counted.set(programId, total);
        addViewsTo(write, current, added, at);
      }
    },
  };
}

interface Replaced {
  readonly outcome: BulkOutcome;
  readonly program: Program;
}

function replaceProgram(shelf: Shelf, write: Write, draft: ProgramDraft, at: Date): Replaced {
  const stored = shelf.stored(draft.programId);
  const current = stored?.program;
  const content = { ...draft, ...settledMeasures(draft, current) };
  if (current !== undefined && isSame(content, toDraft(current))) {
    return { outcome: 'unchanged', program: copyProgram(current) };
  }
  const version = (stored?.version ?? 0) + 1;
  const program = copyProgram({ ...content, version, createdAt: current?.createdAt ?? at, updatedAt: at });
  write(draft.programId, version, program);
  return { outcome: current === undefined ? 'created' : 'updated', program: copyProgram(program) };
}

function isSame(a: ProgramDraft, b: ProgramDraft): boolean {
  return jsonEqual(a as unknown as JsonValue, b as unknown as JsonValue);
}

function deleteProgram(
  shelf: Shelf,
  write: Write,
  programId: string,
  condition: WriteCondition,
): DeleteOutcome {
  const current = shelf.stored(programId)?.program;
  if (current === undefined) return { outcome: 'absent' };
  if (!conditionHolds(condition, current)) return { outcome: 'conflict', current: copyProgram(current) };
  const version = current.version + 1;
  write(programId, version, undefined);
  return { outcome: 'deleted', version };
}

function addViewsTo(write: Write, current: Program, added: number, at: Date): void {
  const viewCount = Math.min(current.viewCount + added, Number.MAX_SAFE_INTEGER);
  const version = current.version + 1;
  write(current.programId, version, { ...current, viewCount, version, updatedAt: new Date(at) });
}

function highestTotals(totals: readonly ViewTotal[]): ReadonlyMap<string, number> {
  const highest = new Map<string, number>();
  for (const { programId, total } of totals)
    highest.set(programId, Math.max(total, highest.get(programId) ?? 0));
  return highest;
}

function refuseRepeats(drafts: readonly ProgramDraft[]): void {
  if (new Set(drafts.map((draft) => draft.programId)).size === drafts.length) return;
  throw new Error('putMany was given an id twice: an id may come once in a call');
}
