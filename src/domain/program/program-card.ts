import type { Program } from './program.ts';

/** What a list shows of a program: small, so that many fit into one read. */
export type ProgramCard = Pick<
  Program,
  | 'programId'
  | 'version'
  | 'title'
  | 'contentType'
  | 'category'
  | 'language'
  | 'thumbnailUrl'
  | 'releaseDate'
  | 'viewCount'
  | 'popularityScore'
>;

export function toCard(program: Program): ProgramCard {
  return {
    programId: program.programId,
    version: program.version,
    title: program.title,
    contentType: program.contentType,
    category: program.category,
    language: program.language,
    thumbnailUrl: program.thumbnailUrl,
    releaseDate: program.releaseDate,
    viewCount: program.viewCount,
    popularityScore: program.popularityScore,
  };
}
