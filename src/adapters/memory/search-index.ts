import type { Page } from '../../domain/page.ts';
import type {
  DocumentContent,
  DocumentFilter,
  DocumentRemoval,
  SearchDocument,
} from '../../domain/search/document.ts';
import { compareText } from '../../domain/text.ts';
import type { Call } from '../../ports/call.ts';
import type { DocumentDeleteOutcome, DocumentPutOutcome, SearchIndex } from '../../ports/search-index.ts';

/** What an id stands for. Without `document` it is removed, and the version is what a late, older write is measured against. */
interface Entry {
  readonly source: SearchDocument['source'];
  readonly version: number;
  readonly document: SearchDocument | undefined;
}

/** Search documents in this process. Lists walk the ids in order, which are sorted when a list follows new ids. */
export function createMemorySearchIndex(): SearchIndex {
  const entries = createEntries();
  const on = async <Result>(call: Call, run: () => Result): Promise<Result> => {
    call.signal.throwIfAborted();
    return run();
  };
  const getMany = (contentIds: readonly string[]) =>
    [...new Set(contentIds)].flatMap((contentId) => copies(entries.get(contentId)?.document));
  return {
    put: (content, at, call) => on(call, () => put(entries, content, at)),
    delete: (contentId, call) => on(call, () => remove(entries, contentId)),
    project: (documents, call) =>
      on(call, () => {
        for (const document of documents)
          writeIfNewer(entries, document, { ...copy(document), source: 'program' });
      }),
    unproject: (removals, call) =>
      on(call, () => {
        for (const removal of removals) writeIfNewer(entries, removal, undefined);
      }),
    get: (contentId, call) => on(call, () => getMany([contentId])[0]),
    getMany: (contentIds, call) => on(call, () => getMany(contentIds)),
    list: (query, call) =>
      on(call, () => pageOf(entries.documentsAfter(query.after, query.filter, query.limit + 1), query.limit)),
  };
}

type Entries = ReturnType<typeof createEntries>;

function createEntries() {
  const byId = new Map<string, Entry>();
  let sortedIds: readonly string[] | undefined;
  const idsInOrder = () => {
    sortedIds ??= [...byId.keys()].sort(compareText);
    return sortedIds;
  };
  return {
    get: (contentId: string) => byId.get(contentId),
    set: (contentId: string, entry: Entry) => {
      if (!byId.has(contentId)) sortedIds = undefined;
      byId.set(contentId, entry);
    },
    documentsAfter: (after: string | undefined, filter: Omit<DocumentFilter, 'tag'>, limit: number) => {
      const ids = idsInOrder();
      const found: SearchDocument[] = [];
      for (let at = after === undefined ? 0 : firstAfter(ids, after); at < ids.length; at += 1) {
        if (found.length === limit) break;
        const document = byId.get(ids[at] ?? '')?.document;
        if (document !== undefined && matches(document, filter)) found.push(copy(document));
      }
      return found;
    },
  };
}

/** Where the first id that comes after `after` stands (binary search). */
function firstAfter(ids: readonly string[], after: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareText(ids[middle] ?? '', after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function put(entries: Entries, content: DocumentContent, at: Date): DocumentPutOutcome {
  const stored = entries.get(content.contentId);
  if (stored?.source === 'program') return { outcome: 'owned-by-program' };
  const version = (stored?.version ?? 0) + 1;
  const neutral = { popularityScore: 0, releaseDate: null, source: 'document', indexedAt: at } as const;
  const document = copy({ ...content, ...neutral, version });
  entries.set(content.contentId, { source: 'document', version, document });
  return { outcome: stored?.document === undefined ? 'created' : 'updated', document: copy(document) };
}

function remove(entries: Entries, contentId: string): DocumentDeleteOutcome {
  const stored = entries.get(contentId);
  if (stored?.document === undefined) return { outcome: 'absent' };
  if (stored.source === 'program') return { outcome: 'owned-by-program' };
  const version = stored.version + 1;
  entries.set(contentId, { source: 'document', version, document: undefined });
  return { outcome: 'deleted', version };
}

// A document of the document calls has versions of its own, which say nothing about a program's.
function writeIfNewer(entries: Entries, change: DocumentRemoval, document: SearchDocument | undefined): void {
  const { contentId, version } = change;
  const stored = entries.get(contentId);
  if (stored?.source === 'program' && stored.version >= version) return;
  entries.set(contentId, { source: 'program', version, document });
}

function matches(document: SearchDocument, filter: Omit<DocumentFilter, 'tag'>): boolean {
  return (
    (filter.contentType === undefined || document.type === filter.contentType) &&
    (filter.category === undefined || document.category === filter.category) &&
    (filter.language === undefined || document.language === filter.language)
  );
}

function pageOf(found: readonly SearchDocument[], limit: number): Page<SearchDocument> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? [last.contentId] : undefined };
}

function copies(document: SearchDocument | undefined): SearchDocument[] {
  return document === undefined ? [] : [copy(document)];
}

function copy(document: SearchDocument): SearchDocument {
  return { ...document, tags: [...document.tags], indexedAt: new Date(document.indexedAt) };
}
