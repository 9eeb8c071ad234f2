import type { SearchLog } from '../../../src/ports/search-log.ts';

/** What an adapter of {@link SearchLog} brings to the contract: an empty log, and time. */
export interface SearchLogFixture {
  readonly log: SearchLog;
  /** What the log takes for the present, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Lets `ms` milliseconds pass for everything that was recorded. */
  readonly advance: (ms: number) => Promise<void>;
}

export type SearchLogSubject = () => Promise<SearchLogFixture>;
