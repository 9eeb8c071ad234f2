import { exportPrograms } from './export-programs.ts';
import { createProgramWrites } from './program-writes.ts';
import type { Programs, ProgramsDeps } from './programs.ts';
import { findPrograms, programNotFound } from './programs.ts';

export function createPrograms(deps: ProgramsDeps): Programs {
  const { catalog } = deps;
  return {
    ...createProgramWrites(deps),
    async get(programId, call) {
      const program = await catalog.get(programId, call);
      if (program === undefined) throw programNotFound(programId);
      return program;
    },
    getMany: async (programIds, call) => findPrograms(catalog, programIds, call),
    list: (query, call) => catalog.query(query, call),
    exportAll: (call) => exportPrograms(catalog, call),
  };
}
