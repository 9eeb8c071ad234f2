import type { Selectable } from 'kysely';
import type { SearchDocument } from '../../../domain/search/document.ts';
import type { DocumentState } from '../../../ports/search-index.ts';
import type { SearchTables } from '../migrations/0002-search.ts';

export type Row = Omit<Selectable<SearchTables['search_documents']>, 'removed' | 'appeared'>;

/** What a {@link Row} has. */
export const COLUMNS = [
  'content_id',
  'source',
  'version',
  'content_type',
  'title',
  'description',
  'category',
  'language',
  'tags',
  'popularity_score',
  'release_date',
  'indexed_at',
] as const;

export function toState({ removed, ...row }: Row & { readonly removed: boolean }): DocumentState {
  if (!removed) return { removed, document: toDocument(row) };
  return {
    removed,
    removal: { contentId: row.content_id, version: Number(row.version), source: row.source },
  };
}

export function toDocument(row: Row): SearchDocument {
  return {
    contentId: row.content_id,
    type: row.content_type,
    title: row.title,
    description: row.description,
    category: row.category,
    language: row.language,
    tags: row.tags,
    popularityScore: row.popularity_score,
    releaseDate: row.release_date,
    source: row.source,
    version: Number(row.version),
    indexedAt: row.indexed_at,
  };
}
