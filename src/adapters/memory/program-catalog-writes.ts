import { type JsonValue, jsonEqual } from '../../domain/json.ts';
import { type Program, type ProgramDraft, settledMeasures, toDraft } from '../../domain/program/program.ts';
import { conditionHolds } from '../../domain/program/write-condition.ts';
import type {
  BulkOutcome,
  DeleteOutcome,
  PutOutcome,
  ViewTotal,
  WriteCondition,
} from '../../ports/program-catalog.ts';
import { copyProgram, type Shelf } from './program-catalog-shelf.ts';

/** The catalogue's writes, each in one turn of the event loop. */
export interface Writes {
  put(draft: ProgramDraft, condition: WriteCondition, at: Date): PutOutcome;
  putMany(drafts: readonly ProgramDraft[], at: Date): readonly BulkOutcome[];
  delete(programId: string, condition: WriteCondition, at: Date): DeleteOutcome;
  addViews(source: string, totals: readonly ViewTotal[], at: Date): void;
}

/** `onWritten` hears of every change, in the turn that makes it. */
export function createWrites(shelf: Shelf, onWritten: (programId: string, version: number) => void): Writes {
  const countedViews = new Map<string, Map<string, number>>();

  const write = (programId: string, version: number, program: Program | undefined): void => {
    shelf.replace(programId, { version, program });
    onWritten(programId, version);
  };

  const put: Writes['put'] = (draft, condition, at) => {
    const stored = shelf.stored(draft.programId);
    const current = stored?.program;
    if (!conditionHolds(condition, current)) return { outcome: 'conflict', current: current && copyProgram(current) };
    const content = { ...draft, ...settledMeasures(draft, current) };
    if (current !== undefined && isSame(content, current)) return { outcome: 'unchanged', program: copyProgram(current) };
    const version = (stored?.version ?? 0) + 1;
    const program = copyProgram({ ...content, version, createdAt: current?.createdAt ?? at, updatedAt: at });
    write(draft.programId, version, program);
    return { outcome: current === undefined ? 'created' : 'updated', program: copyProgram(program) };
  };

  const addView = (counted: Map<string, number>, { programId, total }: ViewTotal, at: Date): void => {
    const current = shelf.stored(programId)?.program;
    const added = total - (counted.get(programId) ?? 0);
    if (current === undefined || added <= 0) return;
    counted.set(programId, total);
    const viewCount = Math.min(current.viewCount + added, Number.MAX_SAFE_INTEGER);
    const version = current.version + 1;
    write(programId, version, { ...current, viewCount, version, updatedAt: new Date(at) });
  };

  return {
    put,
    putMany: (drafts, at) => {
      refuseRepeats(drafts);
      return drafts.map((draft) => bulkOutcome(put(draft, { kind: 'any' }, at)));
    },
    delete: (programId, condition, at) => deleteFrom(shelf, write, { programId, condition }, at),
    addViews: (source, totals, at) => {
      const counted = countedViews.get(source) ?? new Map<string, number>();
      countedViews.set(source, counted);
      for (const total of totals) addView(counted, total, at);
    },
  };
}
