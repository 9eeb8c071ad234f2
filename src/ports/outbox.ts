import type { Call } from './call.ts';

/** A kind of copy that is made of the catalogue. */
export type DataSet = 'search';

/** A key whose copy may be older than `version`. */
export interface Mark {
  readonly key: string;
  readonly version: number;
  /** How often the key was claimed before without being settled. */
  readonly attempts: number;
}

export interface OutboxDepth {
  /** Marks that wait, claimed ones included. */
  readonly pending: number;
  /** Age of the oldest mark in milliseconds; 0 when there is none. This is the lag of the copy. */
  readonly oldestAgeMs: number;
}

/**
 * Dirty keys, not events: a mark says that a key changed, the reader looks up what it is now. One key has at most one mark
 * in a data set, whatever the number of writes, and repeats are harmless. The catalogue leaves the marks, in the
 * transaction of the write.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface Outbox {
  /**
   * Takes up to `limit` marks that nobody holds, oldest first, for `leaseMs`. Two callers never hold the same mark within
   * a lease; no lock is kept between calls. A claim that is neither settled nor put off is free again when its lease ends.
   */
  claim(dataSet: DataSet, limit: number, leaseMs: number, call: Call): Promise<readonly Mark[]>;

  /** Deletes the marks whose version is at most the one given; a key written again meanwhile keeps its mark, free to be claimed. */
  settle(dataSet: DataSet, marks: readonly Mark[], call: Call): Promise<void>;

  /** Gives claimed marks back to be claimed again after `delayMs`, with the reason for the operator. */
  putOff(
    dataSet: DataSet,
    marks: readonly Mark[],
    delayMs: number,
    reason: string,
    call: Call,
  ): Promise<void>;

  depth(dataSet: DataSet, call: Call): Promise<OutboxDepth>;
}
