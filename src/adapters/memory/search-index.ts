import type { Page } from '../../domain/page.ts';
import type { SearchDocument } from '../../domain/search/document.ts';
import { scanPageById } from '../../domain/search/document-state.ts';
import type { Call } from '../../ports/call.ts';
import type { SearchTruth } from '../../ports/search-index.ts';
import type { Entries } from './search-index/entries.ts';
import { copy, createEntries } from './search-index/entries.ts';
import { project, put, remove, unproject } from './search-index/writes.ts';

export interface MemorySearchIndexOptions {
  /**
   * Called in the same turn as each write that was made, with the id and the `freshnessRank` of what is stored now. Default:
   * nobody is told.
   */
  readonly onWrite?: (contentId: string, rank: number) => void;
}

/** Search documents in this process. Each call does its work in one turn of the event loop, so it is atomic. */
export function createMemorySearchIndex(options: MemorySearchIndexOptions = {}): SearchTruth {
  const entries = createEntries(options.onWrite ?? (() => undefined));
  const { idsInOrder } = entries;
  return {
    put: (content, at, call) => inOneTurn(call, () => put(entries, content, at)),
    delete: (contentId, call) => inOneTurn(call, () => remove(entries, contentId)),
    project: (documents, call, how) => inOneTurn(call, () => project(entries, documents, how)),
    unproject: (removals, call, how) => inOneTurn(call, () => unproject(entries, removals, how)),
    get: (contentId, call) => inOneTurn(call, () => documentsOf(entries, [contentId])[0]),
    getMany: (contentIds, call) => inOneTurn(call, () => documentsOf(entries, contentIds)),
    list: ({ filter, after, limit }, call) =>
      inOneTurn(call, () => pageOf(entries.documentsAfter(after, filter, limit + 1), limit)),
    states: (contentIds, call) =>
      inOneTurn(call, () => [...new Set(contentIds)].flatMap((id) => entries.state(id) ?? [])),
    scan: (cursor, limit, call) =>
      inOneTurn(call, () => {
        const range = cursor === undefined ? {} : { after: cursor };
        return scanPageById(entries.statesIn(range, limit), limit);
      }),
    scanStates: (range, limit, call) => inOneTurn(call, () => entries.statesIn(range, limit)),
    splitKeys: (parts, call) => inOneTurn(call, () => splitKeys(idsInOrder(), parts)),
  };
}

async function inOneTurn<Result>(call: Call, work: () => Result): Promise<Result> {
  call.signal.throwIfAborted();
  return work();
}

function documentsOf(entries: Entries, contentIds: readonly string[]): SearchDocument[] {
  return [...new Set(contentIds)].flatMap((id) => {
    const document = entries.get(id)?.document;
    return document === undefined ? [] : [copy(document)];
  });
}

function pageOf(found: readonly SearchDocument[], limit: number): Page<SearchDocument> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? [last.contentId] : undefined };
}

function splitKeys(ids: readonly string[], atMost: number): readonly string[] {
  const parts = Math.min(ids.length, atMost);
  return Array.from({ length: Math.max(0, parts - 1) }, (_, index) =>
    Math.floor((ids.length * (index + 1)) / parts),
  ).flatMap((end) => ids[end - 1] ?? []);
}
