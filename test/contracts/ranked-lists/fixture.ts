import type { RankedLists } from '../../../src/ports/ranked-lists.ts';

/** What an adapter of {@link RankedLists} brings to the contract. */
export interface RankedListsFixture {
  readonly lists: RankedLists;
  /** The same lists as another instance of the service sees them; where only one process can see them, the same object. */
  readonly elsewhere: RankedLists;
  /** Lets `ms` milliseconds pass for everything that was saved. */
  readonly advance: (ms: number) => Promise<void>;
}

export type RankedListsSubject = () => Promise<RankedListsFixture>;
