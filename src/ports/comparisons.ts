import type { Call } from './call.ts';
import type { Migrated } from './phase-store.ts';

/** How copy and truth can differ: new is the copy, old is the truth. */
export const DIFFERENCE_CLASSES = [
  'new-missing',
  'old-missing',
  'new-older',
  'new-newer',
  'same-version-different',
  'undecodable',
  'error',
] as const;
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];
export type ComparisonClass = 'match' | DifferenceClass;

/** How many comparisons ended how; what never happened is left out. */
export type Tally = Readonly<Partial<Record<ComparisonClass, number>>>;

export interface Difference {
  readonly key: string;
  readonly class: DifferenceClass;
  /** Null: not there, or not readable. */
  readonly truthVersion: number | null;
  /** Null: not there, or not readable. */
  readonly copyVersion: number | null;
  /** JSON pointers of what differs, at most {@link PATHS_KEPT}; never values. */
  readonly paths: readonly string[];
  /** `shadow`, or the id of the job that found it. */
  readonly foundBy: string;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** How often it was reported. */
  readonly times: number;
}

export type FoundDifference = Omit<Difference, 'firstSeen' | 'lastSeen' | 'times'>;

export interface DifferenceFilter {
  readonly class?: DifferenceClass;
  readonly foundBy?: string;
}

/**
 * What comparing the copies with the truth came to, of all instances together.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface Comparisons {
  /** Adds what an instance counted since it last told, under the epoch of the record that was in force. */
  add(dataSet: Migrated, epoch: number, tally: Tally, call: Call): Promise<void>;

  tally(dataSet: Migrated, epoch: number, call: Call): Promise<Tally>;

  /**
   * Keeps differences: one entry a key, class and foundBy (a repeat raises `times` and `lastSeen`, and replaces versions and
   * paths); at most {@link DIFFERENCES_KEPT} of a class and data set, the longest unseen go first. Further paths are cut off.
   */
  report(dataSet: Migrated, differences: readonly FoundDifference[], call: Call): Promise<void>;

  /** Last seen first, ties by key. */
  differences(
    dataSet: Migrated,
    filter: DifferenceFilter,
    limit: number,
    call: Call,
  ): Promise<readonly Difference[]>;

  /** Forgets the differences of a data set, or those of one finder. The tally stays. */
  forget(dataSet: Migrated, foundBy: string | undefined, call: Call): Promise<void>;
}

/** Most differences kept of a class and data set. */
export const DIFFERENCES_KEPT = 1_000;

/** Most paths kept of a difference. */
export const PATHS_KEPT = 20;
