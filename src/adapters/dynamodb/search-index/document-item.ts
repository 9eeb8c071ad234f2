import type { DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import type { DocumentState } from '../../../ports/search-index.ts';
import { shardedKey } from '../shards.ts';
import { storableScore } from '../storable-score.ts';

/** What an id stands for in the table; without `document` it was removed, or its content can not be read. */
export interface StoredEntry {
  readonly source: SearchDocument['source'];
  readonly version: number;
  readonly document: SearchDocument | undefined;
}

export type DocumentItem = Readonly<Record<string, unknown>>;

/**
 * The item of a document. The guide's `contentType`, `category` and `language` are the keys of the indexes, with their shard;
 * the values themselves are beside them.
 */
export function toDocumentItem(document: SearchDocument, shards: number): DocumentItem {
  const { contentId, type, category, language, releaseDate } = document;
  return {
    contentId,
    source: document.source,
    version: document.version,
    title: document.title,
    description: document.description,
    typeName: type,
    categoryName: category,
    languageTag: language,
    tags: [...document.tags],
    ...scoreAttributes(document.popularityScore),
    ...(releaseDate !== null && { releaseDate }),
    indexedAt: document.indexedAt.toISOString(),
    contentType: shardedKey(type, contentId, shards),
    category: shardedKey(category, contentId, shards),
    language: shardedKey(language, contentId, shards),
  };
}

function scoreAttributes(score: number): DocumentItem {
  const popularityScore = storableScore(score);
  return { popularityScore, ...(popularityScore !== score && { exactScore: String(score) }) };
}

/** What goes when a document is removed: everything but its key and what a late write is measured against. */
export const REMOVED_WITH_CONTENT = [
  'title',
  'description',
  'typeName',
  'categoryName',
  'languageTag',
  'tags',
  'popularityScore',
  'releaseDate',
  'indexedAt',
  'contentType',
  'category',
  'language',
] as const;

/** What stays of a removed document: without the keys of the indexes it is in none of them. */
export function toRemovedItem({ contentId, source, version }: DocumentRemoval): DocumentItem {
  return { contentId, source, version, removed: true };
}

/** `undefined` when the item is none of ours: that counts as not there. */
export function toEntry(item: DocumentItem | undefined): StoredEntry | undefined {
  if (item === undefined) return undefined;
  const { source, version } = item;
  if ((source !== 'program' && source !== 'document') || !isVersion(version)) return undefined;
  return { source, version, document: item.removed === true ? undefined : toDocument(item, source, version) };
}

/** `undefined` when the item is none of ours, or its content can not be read. */
export function toState(item: DocumentItem): DocumentState | undefined {
  const entry = toEntry(item);
  if (entry === undefined) return undefined;
  const { source, version, document } = entry;
  if (document !== undefined) return { removed: false, document };
  if (item.removed !== true) return undefined;
  return { removed: true, removal: { contentId: String(item.contentId), version, source } };
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function toDocument(
  item: DocumentItem,
  source: SearchDocument['source'],
  version: number,
): SearchDocument | undefined {
  const texts = ['contentId', 'typeName', 'title', 'description', 'categoryName', 'languageTag', 'indexedAt'];
  if (!texts.every((name) => typeof item[name] === 'string')) return undefined;
  if (!Array.isArray(item.tags) || typeof item.popularityScore !== 'number') return undefined;
  const indexedAt = new Date(String(item.indexedAt));
  const popularityScore = Number(item.exactScore ?? item.popularityScore);
  if (Number.isNaN(indexedAt.getTime()) || !Number.isFinite(popularityScore)) return undefined;
  return {
    contentId: String(item.contentId),
    type: String(item.typeName),
    title: String(item.title),
    description: String(item.description),
    category: String(item.categoryName),
    language: String(item.languageTag),
    tags: item.tags.map(String),
    popularityScore,
    releaseDate: typeof item.releaseDate === 'string' ? item.releaseDate : null,
    source,
    version,
    indexedAt,
  };
}
