import { randomUUID } from 'node:crypto';
import type { Program, ProgramDraft } from '../../src/domain/program/program.ts';
import type { Call } from '../../src/ports/call.ts';

/** An id that no other test uses. */
export function anId(prefix = 'p'): string {
  return `${prefix}-${randomUUID()}`;
}

/** A whole, valid draft without measures; every field can be set. */
export function aDraft(overrides: Partial<ProgramDraft> = {}): ProgramDraft {
  return {
    programId: anId(),
    title: 'The Third Man',
    description: 'A writer looks for a friend in Vienna.',
    contentType: 'movie',
    category: 'drama',
    language: 'en',
    tags: ['noir', 'vienna'],
    thumbnailUrl: 'https://images.example.org/third-man.jpg',
    metadata: { director: 'Carol Reed', minutes: 104 },
    releaseDate: '1949-09-01',
    ...overrides,
  };
}

/** A program as the catalogue would give it. */
export function aProgram(overrides: Partial<Program> = {}): Program {
  return {
    ...aDraft(),
    viewCount: 0,
    popularityScore: 0,
    version: 1,
    createdAt: new Date('2026-03-01T10:00:00.000Z'),
    updatedAt: new Date('2026-03-01T10:00:00.000Z'),
    ...overrides,
  };
}

/** A call that nobody aborts. */
export function aCall(): Call {
  return { signal: new AbortController().signal };
}
