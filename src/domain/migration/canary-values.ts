import type { Program } from '../program/program.ts';
import type { SearchDocument } from '../search/document.ts';
import { sourcedVersion } from '../search/freshness.ts';

/**
 * Reserved, so no program can have it, and an id all the same: stores do not ask for what can be none, since it may be the key of
 * something else of theirs.
 */
export const CANARY_PROGRAM_ID = 'batch-get';

/** No document can have it: their ids begin with a letter or a digit. */
export const CANARY_DOCUMENT_ID = '~canary';

const NAMES = { title: 'Trial copy', description: '', category: '~canary', language: 'und' } as const;

export function canaryProgram(version: number): Program {
  const at = new Date(0);
  return {
    ...NAMES,
    programId: CANARY_PROGRAM_ID,
    contentType: 'canary',
    tags: [],
    thumbnailUrl: null,
    metadata: {},
    releaseDate: null,
    viewCount: 0,
    popularityScore: 0,
    version,
    createdAt: at,
    updatedAt: at,
  };
}

export function canaryDocument(rank: number): SearchDocument {
  return {
    ...NAMES,
    contentId: CANARY_DOCUMENT_ID,
    type: 'canary',
    tags: [],
    popularityScore: 0,
    releaseDate: null,
    ...sourcedVersion(rank),
    indexedAt: new Date(0),
  };
}
