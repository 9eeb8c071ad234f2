import type { SearchDocument } from './document.ts';

/** What an index remembers of an id: the last version applied, and of whose versions it is one. */
export interface Indexed {
  readonly version: number;
  /** `undefined`: only a removal was seen yet. */
  readonly source: SearchDocument['source'] | undefined;
}

/**
 * Whether a document is newer than what is indexed. The versions of a program and of a document of the document calls are
 * counted apart; under one id the program's always stand above the document's.
 */
export function isNewer(document: SearchDocument, indexed: Indexed | undefined): boolean {
  if (indexed === undefined) return true;
  if (indexed.source === undefined || indexed.source === document.source) {
    return document.version > indexed.version;
  }
  return document.source === 'program';
}
