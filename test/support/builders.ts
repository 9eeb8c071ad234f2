import { randomUUID } from 'node:crypto';
import type { ProgramDraft } from '../../src/domain/program/program.ts';

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
