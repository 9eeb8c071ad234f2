import type { Call } from '../../ports/call.ts';
import type { ClaimedPart, JobCounts } from '../../ports/migration-jobs.ts';

/** What a page of a part came to. */
export interface PageResult {
  /** Where the next page begins; absent when the part is done. */
  readonly cursor: string | undefined;
  readonly done: number;
  readonly counts: JobCounts;
}

/** Does the next page of a part, at most `limit` keys. */
export type WorkPage = (work: PageWork, call: Call) => Promise<PageResult>;

export interface PageWork extends Pick<ClaimedPart, 'part' | 'cursor' | 'jobId'> {
  readonly limit: number;
  readonly concurrency: number;
}
