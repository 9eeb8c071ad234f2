import type { DocumentFilter, SearchDocument } from '../../../domain/search/document.ts';
import type { SourcedVersion } from '../../../domain/search/freshness.ts';
import { freshnessRank } from '../../../domain/search/freshness.ts';
import { compareText } from '../../../domain/text.ts';
import type { KeyRange } from '../../../ports/key-ranges.ts';
import type { DocumentState } from '../../../ports/search-index.ts';

/** What an id stands for. Without `document` it is removed, and the version is what a late, older write is measured against. */
export interface Entry extends SourcedVersion {
  readonly document: SearchDocument | undefined;
}

export type Entries = ReturnType<typeof createEntries>;

/** Entries by id, walked in the order of the ids, which are sorted when a walk follows new ids. */
export function createEntries(onWrite: (contentId: string, rank: number) => void) {
  const byId = new Map<string, Entry>();
  let sortedIds: readonly string[] | undefined;
  const idsInOrder = () => {
    sortedIds ??= [...byId.keys()].sort(compareText);
    return sortedIds;
  };
  return {
    idsInOrder,
    get: (contentId: string) => byId.get(contentId),
    set: (contentId: string, entry: Entry) => {
      if (!byId.has(contentId)) sortedIds = undefined;
      byId.set(contentId, entry);
      onWrite(contentId, freshnessRank(entry));
    },
    state: (contentId: string) => stateOf(contentId, byId.get(contentId)),
    documentsAfter: (after: string | undefined, filter: Omit<DocumentFilter, 'tag'>, limit: number) => {
      const ids = idsInOrder();
      const found: SearchDocument[] = [];
      for (let at = firstAfter(ids, after); at < ids.length; at += 1) {
        if (found.length === limit) break;
        const document = byId.get(ids[at] ?? '')?.document;
        if (document !== undefined && matches(document, filter)) found.push(copy(document));
      }
      return found;
    },
    statesIn: ({ after, upTo }: KeyRange, limit: number) => {
      const ids = idsInOrder();
      const start = firstAfter(ids, after);
      const end = upTo === undefined ? ids.length : firstAfter(ids, upTo);
      return ids.slice(start, Math.min(end, start + limit)).flatMap((id) => stateOf(id, byId.get(id)) ?? []);
    },
  };
}

/** Where the first id that comes after `after` stands (binary search). */
function firstAfter(ids: readonly string[], after: string | undefined): number {
  if (after === undefined) return 0;
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareText(ids[middle] ?? '', after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function stateOf(contentId: string, entry: Entry | undefined): DocumentState | undefined {
  if (entry === undefined) return undefined;
  const { document, version, source } = entry;
  if (document === undefined) return { removed: true, removal: { contentId, version, source } };
  return { removed: false, document: copy(document) };
}

function matches(document: SearchDocument, filter: Omit<DocumentFilter, 'tag'>): boolean {
  return (
    (filter.contentType === undefined || document.type === filter.contentType) &&
    (filter.category === undefined || document.category === filter.category) &&
    (filter.language === undefined || document.language === filter.language)
  );
}

export function copy(document: SearchDocument): SearchDocument {
  return { ...document, tags: [...document.tags], indexedAt: new Date(document.indexedAt) };
}
