import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { ProgramCatalog, WriteCondition } from '../../ports/program-catalog.ts';
import { DomainError } from '../errors.ts';
import type { Page } from '../page.ts';
import type { ProgramChangeFeed } from './changes.ts';
import type { Program, ProgramDraft } from './program.ts';
import type { ProgramPosition, ProgramQuery } from './program-query.ts';

/** What can be done with programs one by one. Inputs are foreign values: everything is checked here. */
export interface Programs {
  /**
   * Creates a program; without a `programId` it gets a fresh UUIDv7.
   * @throws {ValidationFailed} @throws {DomainError} `program-exists`
   */
  create(input: unknown, call: Call): Promise<Program>;
  /** `create` once more, after an attempt whose answer was lost: a program that this very input made counts as created. */
  createAgain(input: unknown, call: Call): Promise<Program>;
  /** Writes the whole program. @throws {ValidationFailed} @throws {VersionConflict} */
  replace(programId: string, input: unknown, condition: WriteCondition, call: Call): Promise<Replaced>;
  /** Applies a merge patch. @throws {DomainError} `program-not-found` @throws {ValidationFailed} @throws {VersionConflict} */
  patch(programId: string, patch: unknown, condition: WriteCondition, call: Call): Promise<Program>;
  /** @throws {DomainError} `program-not-found` @throws {VersionConflict} */
  remove(programId: string, condition: WriteCondition, call: Call): Promise<void>;
  /** @throws {DomainError} `program-not-found` */
  get(programId: string, call: Call): Promise<Program>;
  /** The programs in the order asked for, each once, and the ids that do not exist. */
  getMany(programIds: readonly string[], call: Call): Promise<FoundPrograms>;
  list(query: ProgramQuery, call: Call): Promise<Page<Program, ProgramPosition>>;
  /** Every program as import reads it, by id, in pages: flat memory for any catalogue. */
  exportAll(call: Call): AsyncIterable<Required<ProgramDraft>>;
}

export interface Replaced {
  readonly program: Program;
  readonly created: boolean;
}

export interface FoundPrograms {
  readonly items: readonly Program[];
  readonly missing: readonly string[];
}

export interface ProgramsDeps {
  readonly catalog: ProgramCatalog;
  /** Read where a write depends on what is stored: never a copy. */
  readonly truth: Pick<ProgramCatalog, 'get'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly changes: ProgramChangeFeed;
}

export function programNotFound(programId: string): DomainError {
  return new DomainError('program-not-found', `there is no program with the id ${programId}`);
}

/** Programs by id in the order asked for, repeats left out. */
export async function findPrograms(
  catalog: Pick<ProgramCatalog, 'getMany'>,
  programIds: readonly string[],
  call: Call,
): Promise<FoundPrograms> {
  const wanted = [...new Set(programIds)];
  const found = new Map((await catalog.getMany(wanted, call)).map((program) => [program.programId, program]));
  return {
    items: wanted.flatMap((id) => found.get(id) ?? []),
    missing: wanted.filter((id) => !found.has(id)),
  };
}
