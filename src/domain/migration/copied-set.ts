import type { Call } from '../../ports/call.ts';
import type { KeyRange } from '../../ports/key-ranges.ts';
import type { Migrated } from '../../ports/phase-store.ts';

/** What the truth says of a key now. */
export interface TruthState<Value> {
  readonly key: string;
  /** Orders the states of a key: never goes down. */
  readonly version: number;
  /** Absent: deleted by the write with this version. */
  readonly value: Value | undefined;
}

/** What the copy answers for a key. `expired`: its time was over, though the store still had it. */
export type CopyRead<Value> =
  | { readonly outcome: 'hit'; readonly version: number; readonly value: Value }
  | { readonly outcome: 'tombstone'; readonly version: number }
  | { readonly outcome: 'miss' | 'expired' }
  | { readonly outcome: 'undecodable'; readonly version: number | undefined };

/** What became of a write to the copy; `skipped`: the copy does not keep such a value. */
export type CopyWrite = 'applied' | 'duplicate' | 'superseded' | 'skipped';

/** An entry of the copy as a scan meets it. */
export interface CopyEntry {
  readonly key: string;
  readonly version: number | undefined;
  readonly state: 'live' | 'tombstone' | 'undecodable';
}

export interface CopyPage {
  readonly entries: readonly CopyEntry[];
  readonly next: string | undefined;
}

export interface CopyWriteOptions {
  /** Writes also when this very version is stored. */
  readonly refresh: boolean;
  /** `relay`: the key was just written. `backfill`: it may have been so for years. */
  readonly origin: 'relay' | 'backfill';
}

/**
 * A data set that is migrated: where its truth is, where its copy is, and what they have in common. Relay, backfill, verification,
 * shadow reads and repair know data sets only so.
 */
export interface CopiedSet<Value> {
  readonly dataSet: Migrated;

  /** Keys that were never written are left out. Reads what was committed before, never a lagging replica. */
  current(keys: readonly string[], call: Call): Promise<readonly TruthState<Value>[]>;
  /** By key ascending, deleted ones included. */
  scanTruth(range: KeyRange, limit: number, call: Call): Promise<readonly TruthState<Value>[]>;
  /** Keys that cut the truth into parts of about the same size. */
  splitTruth(parts: number, call: Call): Promise<readonly string[]>;

  /** In the order asked. */
  readCopy(keys: readonly string[], call: Call): Promise<readonly CopyRead<Value>[]>;
  /** Writes the copy of one key when that is newer than what is stored: a value, or a tombstone. */
  writeCopy(state: TruthState<Value>, options: CopyWriteOptions, call: Call): Promise<CopyWrite>;
  /** Puts a tombstone in the place of a copy whose key the truth never had. */
  discardCopy(key: string, call: Call): Promise<void>;
  scanCopy(cursor: string | undefined, limit: number, call: Call): Promise<CopyPage>;

  /** A copy to try the store with: under a key that is reserved for it. */
  canary(version: number): TruthState<Value>;

  /** Whether the copy must have this value; where it need not, a miss is no fault. */
  mustHave(value: Value): boolean;
  /** JSON pointers of what differs in two values of one version, at most 20. */
  differences(truth: Value, copy: Value): readonly string[];
}
