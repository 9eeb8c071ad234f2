import type { Program } from '../program/program.ts';
import type { SearchDocument } from '../search/document.ts';
import { sourcedVersion } from '../search/freshness.ts';

/** Made of the time, so that nothing has it; an id like any other, since stores pass over what can be none. */
export function canaryId(version: number): string {
  return `canary:${version}`;
}

const NAMES = { title: 'Trial copy', description: '', category: '~canary', language: 'und' } as const;

export function canaryProgram(version: number): Program {
  const at = new Date(0);
  return {
    ...NAMES,
    programId: canaryId(version),
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
    contentId: canaryId(rank),
    type: 'canary',
    tags: [],
    popularityScore: 0,
    releaseDate: null,
    ...sourcedVersion(rank),
    indexedAt: new Date(0),
  };
}
