import { randomUUID } from 'node:crypto';
import type { DocumentContent, SearchDocument } from '../../src/domain/search/document.ts';
import type { RankedEntry } from '../../src/ports/ranked-lists.ts';
import type { SearchLogEntry } from '../../src/ports/search-log.ts';

/** What a client says of a document that is no program. */
export function aContent(overrides: Partial<DocumentContent> = {}): DocumentContent {
  return {
    contentId: `doc-${randomUUID()}`,
    type: 'clip',
    title: 'The making of a harbour',
    description: 'How it was filmed.',
    category: 'documentary',
    language: 'en',
    tags: ['sea', 'making-of'],
    ...overrides,
  };
}

/** A document made of a program. */
export function aDocument(overrides: Partial<SearchDocument> = {}): SearchDocument {
  return {
    ...aContent({ contentId: `prog-${randomUUID()}`, type: 'movie' }),
    popularityScore: 12.5,
    releaseDate: '1999-03-31',
    source: 'program',
    version: 1,
    indexedAt: new Date('2026-01-15T12:00:00.123Z'),
    ...overrides,
  };
}

/** A document that is no program, as an index has it. */
export function aPutDocument(overrides: Partial<SearchDocument> = {}): SearchDocument {
  return aDocument({
    ...aContent(),
    popularityScore: 0,
    releaseDate: null,
    source: 'document',
    ...overrides,
  });
}

export function aSearch(overrides: Partial<SearchLogEntry> = {}): SearchLogEntry {
  return {
    queryId: randomUUID(),
    text: 'harbour',
    filters: { category: 'documentary' },
    total: 3,
    tookMs: 4.25,
    at: new Date('2026-01-15T12:00:00.123Z'),
    ...overrides,
  };
}

/** A list of `size` entries, best first. */
export function aRanking(size: number): readonly RankedEntry[] {
  return Array.from({ length: size }, (_, index) => ({ id: `prog-${index}`, score: size - index + 0.25 }));
}

/**
 * Text that breaks careless SQL, array literals, JSON and key building, yet is clean: no control characters, well-formed.
 */
export const HOSTILE_TEXTS: readonly string[] = [
  `'); DROP TABLE search_documents; --`,
  '{"a","b"}',
  'NULL',
  '\\" \\u0000 \\',
  '%_*?$1:$2',
  '__proto__',
  'Amélie 钟 👩‍👩‍👧 \u202eright to left',
  '\uffff and \u{10ffff}',
  ' ',
];
