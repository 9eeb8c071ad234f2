import type { Call } from './call.ts';
import type { Migrated } from './phase-store.ts';

/**
 * What marks are for: `documents` are the search documents made of programs, `programs` the hot copies of programs, `search`
 * the copies of search documents in another index. The first is always marked, the others while their migration is not `off`.
 */
export type DataSet = 'documents' | Migrated;

/** A key whose copy may be older than `version`. */
export interface Mark {
  readonly key: string;
  /** What orders the states of the key: a program's version; in `search` the freshness rank of the document. */
  readonly version: number;
  /** Names this marking among those of the key. */
  readonly revision: string;
  /** How often the key was claimed before without being settled. */
  readonly attempts: number;
  /** The copy is to be written even when this very version is there. */
  readonly refresh: boolean;
  /** When it was claimed, by the store's clock. */
  readonly claimedAt: Date;
}

export interface ParkedMark {
  readonly key: string;
  readonly version: number;
  /** How often it was claimed, the claim that was parked included. */
  readonly attempts: number;
  readonly reason: string;
  readonly parkedAt: Date;
}

export interface OutboxDepth {
  /** Marks that wait, claimed ones included, parked ones not. */
  readonly pending: number;
  readonly parked: number;
  /** Age in milliseconds of the oldest mark that is not parked; 0 when there is none. This is the lag of the copy. */
  readonly oldestAgeMs: number;
}

/**
 * Dirty keys, not events: a mark says that a key changed, the reader looks up what it is now. One key has at most one mark
 * in a data set, whatever the number of writes, and repeats are harmless. The stores of the truth leave the marks, in the
 * transaction of the write. Marking a key again gives its mark another revision, makes it free to be claimed at once, forgets its
 * attempts and un-parks it; its age goes on, and so does `refresh`.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`; an aborted `call.signal` rejects with its reason.
 */
export interface Outbox {
  /**
   * Takes up to `limit` marks that nobody holds, oldest first, for `leaseMs`; never parked ones. Two callers never hold the same
   * mark within a lease; no lock is kept between calls. A claim that is neither settled, put off nor parked is free again when
   * its lease ends.
   */
  claim(dataSet: DataSet, limit: number, leaseMs: number, call: Call): Promise<readonly Mark[]>;

  /**
   * Deletes the marks that were not marked again since they were claimed. Of the others the age counts from `claimedAt` from now
   * on, since the copy has what was there then.
   */
  settle(dataSet: DataSet, marks: readonly Mark[], call: Call): Promise<void>;

  /** Gives claimed marks back to be claimed again after `delayMs`, with the reason for the operator. Only the caller's own claim. */
  putOff(
    dataSet: DataSet,
    marks: readonly Mark[],
    delayMs: number,
    reason: string,
    call: Call,
  ): Promise<void>;

  /** Takes claimed marks out of circulation until they are marked again. Only the caller's own claim. */
  park(dataSet: DataSet, marks: readonly Mark[], reason: string, call: Call): Promise<void>;

  /** The first `limit` parked marks, by key. */
  parked(dataSet: DataSet, limit: number, call: Call): Promise<readonly ParkedMark[]>;

  /**
   * Marks keys with `refresh`, whether or not something changed: for repair. Where a mark says a higher version, that one
   * stays. No key may come twice. An empty list does nothing.
   */
  mark(dataSet: DataSet, keys: readonly MarkedKey[], call: Call): Promise<void>;

  depth(dataSet: DataSet, call: Call): Promise<OutboxDepth>;

  /** Tells the listeners of all instances that there may be marks. */
  hint(dataSet: DataSet, call: Call): Promise<void>;

  /**
   * Calls `listener` soon after any instance gave a hint. One can be lost, so whoever must know polls as well. Answers a
   * function that ends it.
   */
  onHint(listener: (dataSet: DataSet) => void): () => void;
}

export interface MarkedKey {
  readonly key: string;
  readonly version: number;
}
