import type { Page } from '../domain/page.ts';
import type {
  DocumentContent,
  DocumentFilter,
  DocumentRemoval,
  SearchDocument,
} from '../domain/search/document.ts';
import type { Call } from './call.ts';
import type { KeyRange } from './key-ranges.ts';

/**
 * The key-value index of search documents: look-ups by id and plain lists, no ranking.
 *
 * Who writes a document is its source: the document calls (`put`, `delete`), or programs. Each source counts versions of its
 * own, which go on after a removal; of two changes of an id the program's is the newer, and of one source's the one with the
 * greater version. So an id belongs to the catalogue from the first change of source `program` on, removed or not: the document
 * calls never change it. What is left does not depend on the order in which projections arrive, or on how often they do.
 *
 * A write is visible to every later read of the same instance; to `list` a moment later where the adapter declares it
 * (`staleLists`).
 *
 * Errors: `StoreUnavailable`, `StoreThrottled`, `StoreTimeout`, `StoreRefused`.
 */
export interface SearchIndex {
  /** Writes a document that is no program, as the next version of its id. */
  put(content: DocumentContent, at: Date, call: Call): Promise<DocumentPutOutcome>;

  /** Removes a document that is no program. What `get` does not find is `absent`, whoever it belongs to. */
  delete(contentId: string, call: Call): Promise<DocumentDeleteOutcome>;

  /**
   * Writes documents as a catalogue or another index has them, each with its own source and version, and only when it is newer
   * than what is stored (a removal counts as stored). One of source `document` must have the neutral ranking that `put` gives.
   * No id may come twice.
   */
  project(documents: readonly SearchDocument[], call: Call, options?: ProjectOptions): Promise<void>;

  /**
   * Removes documents, each only when the removal is newer than what is stored. It is kept for an id that is not there as well:
   * an older projection that is still on its way must find it. No id may come twice.
   */
  unproject(removals: readonly DocumentRemoval[], call: Call, options?: ProjectOptions): Promise<void>;

  get(contentId: string, call: Call): Promise<SearchDocument | undefined>;

  /** Those of the ids that exist, each once, in no stated order. */
  getMany(contentIds: readonly string[], call: Call): Promise<readonly SearchDocument[]>;

  /** Documents that match, by `contentId` ascending; the position is `[contentId]`. */
  list(query: DocumentListQuery, call: Call): Promise<Page<SearchDocument>>;

  /**
   * What each id stands for, removals included, each once, in no stated order. Left out are ids that were never written, and
   * what is stored but can not be read as a document.
   */
  states(contentIds: readonly string[], call: Call): Promise<readonly DocumentState[]>;

  /**
   * A page of everything stored, removals included, in no stated order. `cursor` is the `next` of an earlier page, of any
   * instance and however old; absent, the scan begins. A page has at most `limit` states and may have none; the scan ends when
   * `next` is undefined. What was there throughout comes at least once. What can not be read as a document is passed over.
   * @throws {RangeError} for a cursor that no scan gave, where the adapter can tell.
   */
  scan(cursor: string | undefined, limit: number, call: Call): Promise<DocumentScanPage>;
}

/** An index that can be the truth of others: it is read in parts, in order. */
export interface SearchTruth extends SearchIndex {
  /** The first `limit` states of a range by `contentId` ascending in code-point order, removals included. */
  scanStates(range: KeyRange, limit: number, call: Call): Promise<readonly DocumentState[]>;

  /**
   * At most `parts - 1` ids, ascending, that cut all ids, removed ones included, into parts of about the same size; each is the
   * last of its part. Fewer when there are few ids.
   */
  splitKeys(parts: number, call: Call): Promise<readonly string[]>;
}

export interface ProjectOptions {
  /** Writes also what is stored already in this very version: repairs a copy. Default: false. */
  readonly refresh?: boolean;
}

/** What an id stands for. */
export type DocumentState =
  | { readonly removed: false; readonly document: SearchDocument }
  | { readonly removed: true; readonly removal: DocumentRemoval };

export interface DocumentScanPage {
  readonly states: readonly DocumentState[];
  readonly next: string | undefined;
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
