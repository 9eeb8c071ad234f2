import type { Program, ProgramDraft } from '../../../src/domain/program/program.ts';
import type { DataSet, Outbox } from '../../../src/ports/outbox.ts';
import type { Phase } from '../../../src/ports/phase-store.ts';
import type { ProgramCatalog, WriteCondition } from '../../../src/ports/program-catalog.ts';
import { aCall } from '../../support/call.ts';

/** An empty catalogue, and the outbox that it marks. */
export interface CatalogFixture {
  readonly catalog: ProgramCatalog;
  readonly outbox: Outbox;
  /** Says where the migration of programs stands; it is `off` at first. */
  readonly setPhase: (phase: Phase) => Promise<void>;
}

/** Makes an empty catalogue; each test asks for its own. */
export type CatalogSubject = () => Promise<CatalogFixture>;

export const ANY: WriteCondition = { kind: 'any' };
export const ABSENT: WriteCondition = { kind: 'absent' };
export const PRESENT: WriteCondition = { kind: 'present' };

export function atVersion(...versions: readonly number[]): WriteCondition {
  return { kind: 'version', versions };
}

/** Moments that tests write at; each later by a second. */
export function moment(second: number): Date {
  return new Date(Date.UTC(2026, 2, 1, 10, 0, second, 123));
}

/** Puts a draft whatever is stored, and answers the program. */
export async function stored(
  catalog: ProgramCatalog,
  draft: ProgramDraft,
  at: Date = moment(0),
): Promise<Program> {
  const outcome = await catalog.put(draft, ANY, at, aCall());
  if (outcome.outcome === 'conflict') throw new Error(`${draft.programId} was refused`);
  return outcome.program;
}

/** The program that a draft without what is there before must become. */
export function asCreated(draft: ProgramDraft, at: Date): Program {
  return { viewCount: 0, popularityScore: 0, ...draft, version: 1, createdAt: at, updatedAt: at };
}

/** The versions that are marked, by key. */
export async function markedVersions(
  outbox: Outbox,
  dataSet: DataSet = 'documents',
): Promise<Record<string, number>> {
  const marks = await outbox.claim(dataSet, 1_000, 0, aCall());
  return Object.fromEntries(marks.map((mark) => [mark.key, mark.version]));
}
