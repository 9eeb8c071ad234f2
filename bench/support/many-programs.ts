import type { ProgramDraft } from '../../src/domain/program/program.ts';

const TEXT = 'A writer looks for a friend in Vienna, and finds that he was buried the day before. ';

/** `count` programs of about a kilobyte, without a pattern in the order of their scores. */
export function manyDrafts(count: number, prefix = 'program'): readonly ProgramDraft[] {
  return Array.from({ length: count }, (_, index) => ({
    programId: `${prefix}-${String(index).padStart(7, '0')}`,
    title: `Program ${index}`,
    description: TEXT.repeat(6),
    contentType: 'movie',
    category: `category-${index % 20}`,
    language: 'en',
    tags: ['noir', 'vienna'],
    thumbnailUrl: `https://images.example.org/${index}.jpg`,
    metadata: { minutes: 60 + (index % 90) },
    releaseDate: '1949-09-01',
    viewCount: (index * 7919) % 1_000_000,
    popularityScore: ((index * 7919) % 100_000) / 100,
  }));
}

/** Slices of at most `size`. */
export function slicesOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
