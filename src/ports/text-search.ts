import type { DocumentFilter, DocumentRemoval, SearchDocument } from '../domain/search/document.ts';
import type { Call } from './call.ts';

/** The fields whose values can be counted. */
export const FACETS = ['category', 'language', 'contentType', 'tag'] as const;
export type Facet = (typeof FACETS)[number];
/** At most so many values of a facet are counted out. */
export const FACET_VALUES = 50;

export const TEXT_SORTS = ['relevance', '-popularityScore', '-releaseDate', 'title'] as const;
export type TextSort = (typeof TEXT_SORTS)[number];

export interface TextQuery {
  /** What the user typed: clean text, 1 to 200 characters. */
  readonly text: string;
  readonly filter: DocumentFilter;
  readonly facets: readonly Facet[];
  readonly sort: TextSort;
  /** At most so many hits are ranked; `total` counts all. */
  readonly maxHits: number;
}

export interface TextHit {
  readonly contentId: string;
  /** Relevance: higher is better; only comparable within one answer. */
  readonly score: number;
}

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

export interface TextResult {
  /** In the order asked for, ties by `contentId` ascending. */
  readonly hits: readonly TextHit[];
  /** How many documents match, not only those ranked. */
  readonly total: number;
  /** For each facet asked for, up to {@link FACET_VALUES} values with the number of matching documents, most first, ties by value. */
  readonly facets: Partial<Record<Facet, readonly FacetCount[]>>;
}

/** Where the query's words stand in a document, as text with `<mark>` around each; HTML of the document is escaped. */
export interface Highlights {
  readonly title?: string;
  readonly description?: string;
}

export interface Suggestion {
  readonly contentId: string;
  readonly title: string;
}

/**
 * Ranked full text over search documents.
 *
 * Matching: every word must match somewhere (title, tags, category or description), but for the commonest ones ("the",
 * "of"), which need not unless there are no others: then titles alone are looked at. Accents and case do not count, words are
 * stemmed by the document's language, the last word may be unfinished; where it has one or two letters yet, it may only
 * begin a word of a title. When too few documents match so, titles within a typo or two match as well, after the exact ones.
 * A match in the title outranks tags and category, these the description; a whole title or a phrase in it comes first;
 * popularity breaks near-ties. Of very many matches only the most promising are ranked; all are counted. What the user typed
 * is never a query language: text without a letter or digit finds nothing.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface TextSearch {
  /**
   * Indexes documents, each only when newer than what is indexed (a removal counts as indexed). No id may come twice. A
   * program's document is always newer than one of the document calls under the same id: their versions count apart.
   */
  index(documents: readonly SearchDocument[], call: Call): Promise<void>;

  /** Takes documents out, each only when the removal is newer than what is indexed. */
  remove(removals: readonly DocumentRemoval[], call: Call): Promise<void>;

  search(query: TextQuery, call: Call): Promise<TextResult>;

  /** Highlights for those of the documents where a word of the text stands. */
  highlight(
    text: string,
    contentIds: readonly string[],
    call: Call,
  ): Promise<ReadonlyMap<string, Highlights>>;

  /**
   * Titles that continue what was typed: those that begin with it first, then those with a later word that does; in each,
   * by popularity, ties by id. Accents and case do not count.
   */
  suggest(text: string, limit: number, call: Call): Promise<readonly Suggestion[]>;
}
