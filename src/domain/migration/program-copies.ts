import type { HotProgramStore, HotRead } from '../../ports/hot-program-store.ts';
import type { ProgramCatalog, ProgramState } from '../../ports/program-catalog.ts';
import type { Program } from '../program/program.ts';
import { CANARY_PROGRAM_ID, canaryProgram } from './canary-values.ts';
import type { CopiedSet, CopyRead, CopyWriteOptions, TruthState } from './copied-set.ts';
import type { HotScope } from './hot-scope.ts';
import { jsonDifferences } from './json-differences.ts';

export interface ProgramCopiesDeps {
  readonly catalog: Pick<ProgramCatalog, 'currentStates' | 'scanStates' | 'splitKeys'>;
  readonly hot: Pick<HotProgramStore, 'get' | 'getMany' | 'put' | 'delete' | 'scan'>;
  readonly scope: HotScope;
}

/** The programs of the catalogue and their copies in the hot store. */
export function createProgramCopies({ catalog, hot, scope }: ProgramCopiesDeps): CopiedSet<Program> {
  return {
    dataSet: 'programs',
    current: async (keys, call) => (await catalog.currentStates(keys, call)).map(toTruth),
    scanTruth: async (range, limit, call) => (await catalog.scanStates(range, limit, call)).map(toTruth),
    splitTruth: (parts, call) => catalog.splitKeys(parts, call),
    async readCopy(keys, call) {
      const [only, ...others] = keys;
      if (only === undefined || others.length > 0) return (await hot.getMany(keys, call)).map(toCopy);
      return [toCopy(await hot.get(only, call))];
    },
    async writeCopy({ key, version, value }, { refresh, origin }, call) {
      if (value === undefined)
        return (await hot.delete({ programId: key, version }, call, { refresh })).outcome;
      const ttlMs = ttlOf(scope, value, origin);
      if (ttlMs === 'none') return 'skipped';
      return (await hot.put(value, { refresh, ...(ttlMs !== undefined && { ttlMs }) }, call)).outcome;
    },
    async discardCopy(key, call) {
      const [copy] = await hot.getMany([key], call);
      if (copy?.outcome === 'hit')
        await hot.delete({ programId: key, version: copy.program.version + 1 }, call);
      if (copy?.outcome === 'undecodable')
        await hot.delete({ programId: key, version: (copy.version ?? 0) + 1 }, call);
    },
    async scanCopy(cursor, limit, call) {
      const { entries, next } = await hot.scan(cursor, limit, call);
      return { entries: entries.map(({ programId: key, ...entry }) => ({ key, ...entry })), next };
    },
    canary: (version) => ({ key: CANARY_PROGRAM_ID, version, value: canaryProgram(version) }),
    mustHave: (program) => scope.holds(program),
    differences: jsonDifferences,
  };
}

/**
 * How long a program that is out of the scope stays after a write. It is kept so long, and not passed over, so that an older copy that
 * arrives late finds the newer version and gives way.
 */
const OUT_OF_SCOPE_MS = 3_600_000;

function ttlOf(
  scope: HotScope,
  program: Program,
  origin: CopyWriteOptions['origin'],
): number | undefined | 'none' {
  if (scope.holds(program)) return scope.ttlMs;
  return origin === 'relay' ? OUT_OF_SCOPE_MS : 'none';
}

function toTruth(state: ProgramState): TruthState<Program> {
  return state.deleted
    ? { key: state.programId, version: state.version, value: undefined }
    : { key: state.program.programId, version: state.program.version, value: state.program };
}

function toCopy(read: HotRead): CopyRead<Program> {
  return read.outcome === 'hit'
    ? { outcome: 'hit', version: read.program.version, value: read.program }
    : read;
}
