import type { Page } from '../domain/page.ts';
import type {
  DocumentContent,
  DocumentFilter,
  DocumentRemoval,
  SearchDocument,
} from '../domain/search/document.ts';
import type { Call } from './call.ts';

/**
 * The key-value index of search documents: look-ups by id and plain lists, no ranking.
 *
 * An id belongs to the catalogue from the first `project` on, removed or not: the document calls never change it. Versions
 * decide what is newer; they go on counting after a removal. A write is visible to every later read of the same instance; to
 * `list` a moment later where the adapter declares it (`staleLists`).
 *
 * Errors: `StoreUnavailable`, `StoreThrottled`, `StoreTimeout`, `StoreRefused`.
 */
export interface SearchIndex {
  /** Writes a document that is no program, as the next version of its id. */
  put(content: DocumentContent, at: Date, call: Call): Promise<DocumentPutOutcome>;

  /** Removes a document that is no program. What `get` does not find is `absent`, whoever it belongs to. */
  delete(contentId: string, call: Call): Promise<DocumentDeleteOutcome>;

  /**
   * Writes documents made of programs, each only when it is newer than what is stored (a removal counts as stored).
   * No id may come twice. Takes an id over from a document of the document calls.
   */
  project(documents: readonly SearchDocument[], call: Call): Promise<void>;

  /**
   * Removes documents made of programs, each only when the removal is newer than what is stored. An id that is not there,
   * or belongs to a document of the document calls, is taken over as by `project`: what is left does not depend on whether
   * a projection came between.
   */
  unproject(removals: readonly DocumentRemoval[], call: Call): Promise<void>;

  get(contentId: string, call: Call): Promise<SearchDocument | undefined>;

  /** Those of the ids that exist, each once, in no stated order. */
  getMany(contentIds: readonly string[], call: Call): Promise<readonly SearchDocument[]>;

  /** Documents that match, by `contentId` ascending; the position is `[contentId]`. */
  list(query: DocumentListQuery, call: Call): Promise<Page<SearchDocument>>;
}

export interface DocumentListQuery {
  /** At least one condition: a key-value index has no list of everything. */
  readonly filter: Omit<DocumentFilter, 'tag'>;
  readonly limit: number;
  readonly after?: string;
}

export type DocumentPutOutcome =
  | { readonly outcome: 'created' | 'updated'; readonly document: SearchDocument }
  | { readonly outcome: 'owned-by-program' };

export type DocumentDeleteOutcome =
  | { readonly outcome: 'deleted'; readonly version: number }
  | { readonly outcome: 'absent' | 'owned-by-program' };
