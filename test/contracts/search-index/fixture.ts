import type { SearchIndexDifferences } from '../../../src/ports/differences.ts';
import type { SearchIndex } from '../../../src/ports/search-index.ts';
import { seenUnlessStale } from '../../support/seen.ts';

/** What an adapter of {@link SearchIndex} brings to the contract. It may hold documents of other tests: ids and categories are random. */
export interface SearchIndexFixture {
  readonly index: SearchIndex;
  readonly differences: SearchIndexDifferences;
}

export type SearchIndexSubject = () => Promise<SearchIndexFixture>;

/** Checks what a list shows after a write: at once, or within seconds where stale lists are declared. */
export async function listed(
  { differences }: Pick<SearchIndexFixture, 'differences'>,
  check: () => Promise<void>,
): Promise<void> {
  await seenUnlessStale(differences.staleLists, check);
}
