import type { Program } from '../../domain/program/program.ts';
import type { Call } from '../../ports/call.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { CopyReader } from './copy-reader.ts';
import type { RecentWrites } from './recent-writes.ts';

export interface MigratingProgramCatalogDeps {
  readonly catalog: ProgramCatalog;
  readonly read: CopyReader<Program>;
  readonly recent: RecentWrites;
  /** Called after each write that was acknowledged: the copy has something to follow. */
  readonly onWrite: () => void;
}

/**
 * The catalogue, with programs by id read from their copies when the phase says so. Writes go to the catalogue in every phase and
 * are acknowledged when it has them; the copies follow.
 */
export function createMigratingProgramCatalog(deps: MigratingProgramCatalogDeps): ProgramCatalog {
  const { catalog, read } = deps;
  return {
    ...catalog,
    get: async (programId, call) => (await read([programId], call)).get(programId),
    getMany: async (programIds, call) => [...(await read(programIds, call)).values()],
    ...writes(deps),
  };
}

type Writes = Pick<ProgramCatalog, 'put' | 'putMany' | 'delete' | 'addViews'>;

function writes({ catalog, recent, onWrite }: MigratingProgramCatalogDeps): Writes {
  // A write whose answer was lost may have been made: no copy is sure to be new enough. Nor is one of what was found to be gone,
  // since the answer does not say by which version.
  const noting = async <Result>(
    keys: readonly string[],
    write: () => Promise<Result>,
    versionOf: (result: Result) => number | undefined,
  ): Promise<Result> => {
    for (const key of keys) recent.note(key, undefined);
    const result = await write();
    const version = versionOf(result);
    if (version !== undefined) for (const key of keys) recent.note(key, version);
    onWrite();
    return result;
  };
  const unknown = (): undefined => undefined;
  return {
    put: (draft, condition, at, call) =>
      noting(
        [draft.programId],
        () => catalog.put(draft, condition, at, call),
        (result) => (result.outcome === 'conflict' ? result.current : result.program)?.version,
      ),
    putMany: (drafts, at, call) =>
      noting(
        drafts.map(({ programId }) => programId),
        () => catalog.putMany(drafts, at, call),
        unknown,
      ),
    delete: (programId, condition, at, call) =>
      noting(
        [programId],
        () => catalog.delete(programId, condition, at, call),
        (result) => {
          if (result.outcome === 'deleted') return result.version;
          return result.outcome === 'conflict' ? result.current.version : undefined;
        },
      ),
    addViews: (source, totals, at, call: Call) =>
      noting(
        totals.map(({ programId }) => programId),
        () => catalog.addViews(source, totals, at, call),
        unknown,
      ),
  };
}
