import type { ProgramState } from '../../ports/program-catalog.ts';
import type { Program } from '../program/program.ts';
import type { DocumentRemoval, SearchDocument } from './document.ts';

/** What the search copies of some programs must become. */
export interface Projection {
  readonly documents: readonly SearchDocument[];
  readonly removals: readonly DocumentRemoval[];
}

/** The one way from the catalogue to a search document: every writer and every check of the copies uses it. */
function projectProgram(program: Program): SearchDocument {
  return {
    contentId: program.programId,
    type: program.contentType,
    title: program.title,
    description: program.description,
    category: program.category,
    language: program.language,
    tags: program.tags,
    popularityScore: program.popularityScore,
    releaseDate: program.releaseDate,
    source: 'program',
    version: program.version,
    indexedAt: program.updatedAt,
  };
}

export function projectStates(states: readonly ProgramState[]): Projection {
  return {
    documents: states.flatMap((state) => (state.deleted ? [] : projectProgram(state.program))),
    removals: states.flatMap((state) =>
      state.deleted ? { contentId: state.programId, version: state.version, source: 'program' as const } : [],
    ),
  };
}
