import type { SearchDocument } from './document.ts';

/** A version, and of whose versions it is one: what an index remembers of an id, and what a document or a removal brings. */
export interface SourcedVersion {
  readonly version: number;
  readonly source: SearchDocument['source'];
}

/**
 * Whether a document or a removal is newer than what is indexed. The versions of a program and of a document of the document calls are
 * counted apart; under one id the program's always stand above the document's.
 */
export function isNewer(change: SourcedVersion, indexed: SourcedVersion | undefined): boolean {
  if (indexed === undefined) return true;
  return indexed.source === change.source ? change.version > indexed.version : change.source === 'program';
}

/** Above every version that a document of the document calls comes to. */
const PROGRAM_RANK = 2 ** 40;

/** The order of {@link isNewer} as one number, for what keeps no source beside a version. Exact for versions below 2^40. */
export function freshnessRank({ version, source }: SourcedVersion): number {
  return version + (source === 'program' ? PROGRAM_RANK : 0);
}

/** What a rank stands for: the other way round of {@link freshnessRank}. */
export function sourcedVersion(rank: number): SourcedVersion {
  return rank >= PROGRAM_RANK
    ? { version: rank - PROGRAM_RANK, source: 'program' }
    : { version: rank, source: 'document' };
}
