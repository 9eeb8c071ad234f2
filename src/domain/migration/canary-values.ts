import type { Program } from '../program/program.ts';
import type { SearchDocument } from '../search/document.ts';
import { sourcedVersion } from '../search/freshness.ts';

/** No program and no document can have it: their ids begin with a letter or a digit. */
export const CANARY_ID = '~canary';

const NAMES = { title: 'Trial copy', description: '', category: '~canary', language: 'und' } as const;

export function canaryProgram(version: number): Program {
  const at = new Date(0);
  return {
    ...NAMES,
    programId: CANARY_ID,
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
    contentId: CANARY_ID,
    type: 'canary',
    tags: [],
    popularityScore: 0,
    releaseDate: null,
    ...sourcedVersion(rank),
    indexedAt: new Date(0),
  };
}
