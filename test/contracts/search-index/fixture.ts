import type { SearchIndex } from '../../../src/ports/search-index.ts';

/** What an adapter of {@link SearchIndex} brings to the contract. It may hold documents of other tests: ids and categories are random. */
export interface SearchIndexFixture {
  readonly index: SearchIndex;
}

export type SearchIndexSubject = () => Promise<SearchIndexFixture>;
