import type { Call } from '../../ports/call.ts';
import type { PutOutcome, WriteCondition } from '../../ports/program-catalog.ts';
import { DomainError, ValidationFailed, VersionConflict } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import { isPlainObject, jsonEqual } from '../json.ts';
import { checkDraft } from './check-draft.ts';
import { mergePatch } from './merge-patch.ts';
import type { Program, ProgramDraft } from './program.ts';
import { toDraft } from './program.ts';
import type { Programs, ProgramsDeps } from './programs.ts';
import { programNotFound } from './programs.ts';

type ProgramWrites = Pick<Programs, 'create' | 'createAgain' | 'replace' | 'patch' | 'remove'>;

/** How often a patch is applied anew when others keep writing the same program in between. */
const PATCH_ATTEMPTS = 10;

export function createProgramWrites(deps: ProgramsDeps): ProgramWrites {
  return {
    create: async (input, call) => created(await putNew(deps, input, call)),
    createAgain: async (input, call) => createdOrEqual(input, await putNew(deps, input, call)),
    replace: (programId, input, condition, call) => replace(deps, programId, input, condition, call),
    patch: (programId, patch, condition, call) => patchProgram(deps, programId, patch, condition, call),
    remove: (programId, condition, call) => remove(deps, programId, condition, call),
  };
}

async function putNew(deps: ProgramsDeps, input: unknown, call: Call): Promise<PutOutcome> {
  const named =
    isPlainObject(input) && input.programId === undefined ? { ...input, programId: deps.ids.next() } : input;
  return put(deps, checked(named), { kind: 'absent' }, call);
}

function created(outcome: PutOutcome): Program {
  if (outcome.outcome !== 'conflict') return outcome.program;
  throw new DomainError('program-exists', `the id ${outcome.current?.programId ?? ''} is taken`);
}

function createdOrEqual(input: unknown, outcome: PutOutcome): Program {
  const current = outcome.outcome === 'conflict' ? outcome.current : undefined;
  const draft = checkDraft(input).draft;
  return current !== undefined && draft !== undefined && isFirstVersionOf(current, draft)
    ? current
    : created(outcome);
}

function isFirstVersionOf(program: Program, draft: ProgramDraft): boolean {
  const { viewCount = 0, popularityScore = 0 } = draft;
  const expected = { ...draft, viewCount, popularityScore };
  return (
    program.version === 1 &&
    jsonEqual(toDraft(program) as unknown as JsonValue, expected as unknown as JsonValue)
  );
}

async function replace(
  deps: ProgramsDeps,
  programId: string,
  input: unknown,
  condition: WriteCondition,
  call: Call,
): Promise<{ program: Program; created: boolean }> {
  const outcome = await put(deps, checked(withId(input, programId)), condition, call);
  if (outcome.outcome === 'conflict') throw conflict(programId, condition, outcome.current);
  return { program: outcome.program, created: outcome.outcome === 'created' };
}

function withId(input: unknown, programId: string): unknown {
  if (!isPlainObject(input)) return input;
  const given = input.programId;
  if (given !== undefined && given !== programId) {
    throw new ValidationFailed([
      { path: '/programId', message: `must be the id of the address, ${programId}, or left out` },
    ]);
  }
  return { ...input, programId };
}

async function patchProgram(
  deps: ProgramsDeps,
  programId: string,
  patch: unknown,
  condition: WriteCondition,
  call: Call,
): Promise<Program> {
  for (let attempt = 1; ; attempt += 1) {
    const stored = await deps.truth.get(programId, call);
    if (stored === undefined) throw programNotFound(programId);
    if (!holds(condition, stored)) throw conflict(programId, condition, stored);
    const draft = checked(withId(patched(stored, patch), programId));
    const outcome = await put(deps, draft, { kind: 'version', versions: [stored.version] }, call);
    if (outcome.outcome !== 'conflict') return outcome.program;
    // Somebody wrote in between. Without a version of the caller's own the patch still applies to what is there now.
    if (condition.kind === 'version' || attempt === PATCH_ATTEMPTS)
      throw conflict(programId, condition, outcome.current);
  }
}

function patched(stored: Program, patch: unknown): unknown {
  if (!isPlainObject(patch))
    throw new ValidationFailed([{ path: '', message: 'must be a JSON object: a merge patch (RFC 7396)' }]);
  return mergePatch(toDraft(stored), patch);
}

async function remove(
  deps: ProgramsDeps,
  programId: string,
  condition: WriteCondition,
  call: Call,
): Promise<void> {
  const outcome = await deps.catalog.delete(programId, condition, new Date(deps.clock.now()), call);
  if (outcome.outcome === 'absent') throw programNotFound(programId);
  if (outcome.outcome === 'conflict') throw conflict(programId, condition, outcome.current);
  deps.changes.publish([programId]);
}

async function put(
  deps: ProgramsDeps,
  draft: ProgramDraft,
  condition: WriteCondition,
  call: Call,
): Promise<PutOutcome> {
  const outcome = await deps.catalog.put(draft, condition, new Date(deps.clock.now()), call);
  if (outcome.outcome === 'created' || outcome.outcome === 'updated') deps.changes.publish([draft.programId]);
  return outcome;
}

function checked(input: unknown): ProgramDraft {
  const { draft, faults } = checkDraft(input);
  if (faults !== undefined) throw new ValidationFailed(faults);
  return draft;
}

function holds(condition: WriteCondition, stored: Program): boolean {
  return condition.kind === 'version'
    ? condition.versions.includes(stored.version)
    : condition.kind !== 'absent';
}

function expectedVersions(condition: WriteCondition): string {
  const versions = condition.kind === 'version' ? condition.versions : [];
  return versions.length === 0
    ? 'the condition names no version of it'
    : `version ${versions.join(' or ')} was expected`;
}

function conflict(
  programId: string,
  condition: WriteCondition,
  current: Program | undefined,
): VersionConflict {
  const now = current === undefined ? 'does not exist' : `is at version ${current.version}`;
  const wanted = {
    any: 'it kept changing',
    absent: 'it was expected not to exist',
    present: 'it was expected to exist',
    version: expectedVersions(condition),
  }[condition.kind];
  return new VersionConflict(`program ${programId} ${now}, but ${wanted}`, current?.version);
}
