import type { SearchTruth } from '../../../src/ports/search-index.ts';

/** What an adapter of {@link SearchTruth} brings to the contract, beside that of `SearchIndex`. */
export interface SearchTruthFixture {
  /** With nothing in it. */
  readonly truth: SearchTruth;
}

export type SearchTruthSubject = () => Promise<SearchTruthFixture>;
