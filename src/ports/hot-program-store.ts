import type { Page } from '../domain/page.ts';
import type { Program } from '../domain/program/program.ts';
import type { ProgramCard } from '../domain/program/program-card.ts';
import type { Call } from './call.ts';

/**
 * What a read found. `expired`: its time was over, though the store still had it. `tombstone`: the program was deleted by the
 * write with that version. `undecodable`: something is there that is no program of ours; `version` is its version if that can
 * be read.
 */
export type HotRead =
  | { readonly outcome: 'hit'; readonly program: Program }
  | { readonly outcome: 'miss' | 'expired' }
  | { readonly outcome: 'tombstone'; readonly version: number }
  | { readonly outcome: 'undecodable'; readonly version: number | undefined };

/**
 * `applied`: written. `duplicate`: this very version is stored already. `superseded`: a newer one is. `version` is what is
 * stored after the call.
 */
export interface HotWrite {
  readonly outcome: 'applied' | 'duplicate' | 'superseded';
  readonly version: number;
}

export interface HotPutOptions {
  /** Milliseconds from now until it expires. Absent: never. */
  readonly ttlMs?: number;
  /** Writes also when this very version is stored, as a program or as a tombstone: repairs it, renews its time. Default: no. */
  readonly refresh?: boolean;
}

export interface HotDeleteOptions {
  /** Writes also when this very version is stored, as a program or as a tombstone: repairs it, renews its time. Default: no. */
  readonly refresh?: boolean;
}

/**
 * What a scan tells of an entry, by its head alone: version, time, and whether it is a tombstone. `undecodable`: the head can not
 * be read; `version` is there if that much can. Whether the rest of one that is `live` can be read is for `get` to tell.
 */
export interface HotEntry {
  readonly programId: string;
  readonly version: number | undefined;
  readonly state: 'live' | 'tombstone' | 'undecodable';
}

export interface HotScanPage {
  readonly entries: readonly HotEntry[];
  /** Where to go on; `undefined` at the end. */
  readonly next: string | undefined;
}

/** `[popularityScore, programId]` of the last card of a page. */
export type CategoryPosition = readonly [popularityScore: number, programId: string];

export interface ListQuery {
  /** Reads this snapshot although a newer one may be current. Absent: the current one. */
  readonly snapshotId?: string;
  /** Entries to pass over, 0 and up. */
  readonly offset: number;
  /** 1 to {@link LIST_SIZE}. */
  readonly limit: number;
}

export interface ListSlice {
  readonly snapshotId: string;
  readonly builtAt: Date;
  /** Length of the whole list. */
  readonly size: number;
  readonly cards: readonly ProgramCard[];
}

/** The most cards of a ranked list. */
export const LIST_SIZE = 1000;

/** How long the tombstone of a deleted program is kept: 30 days. */
export const TOMBSTONE_KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Copies of programs for reads that must be fast. The catalogue is the truth; what is here may be older, never wrong.
 *
 * - A write happens only when its version is greater than the stored one, a tombstone's included, or with `refresh` equal to it;
 *   the result tells what is stored. So repeats and late arrivals are harmless, and a deleted program does not come back.
 * - What has expired counts as not there, for reads and for writes, whether or not the store has removed it yet.
 * - A reader may see an older copy for a moment after a write, where the adapter declares it (`staleReads`).
 * - Values come back as they were written; the caller may change what it was given without harm.
 *
 * Errors: `StoreUnavailable`, `StoreThrottled`, `StoreTimeout`, `StoreRefused`, and `ValueTooLarge` for a program that the
 * store can not hold, in which case nothing was written.
 */
export interface HotProgramStore {
  get(programId: string, call: Call): Promise<HotRead>;

  /** Answers in the order asked; an id may come twice. An empty list of ids gives an empty answer. */
  getMany(programIds: readonly string[], call: Call): Promise<readonly HotRead[]>;

  /** Writes a copy. A `refresh` of the stored version is `applied`. */
  put(program: Program, options: HotPutOptions, call: Call): Promise<HotWrite>;

  /** Writes a tombstone, which is kept for {@link TOMBSTONE_KEPT_MS}. A `refresh` of the stored version is `applied`. */
  delete(removal: ProgramRemoval, call: Call, options?: HotDeleteOptions): Promise<HotWrite>;

  /**
   * A page of everything stored, tombstones included and what has expired left out, in no stated order; what the store keeps for
   * itself, such as lists, is not in it. An entry that was there throughout comes at least once, whatever is written meanwhile;
   * one that was written a moment ago may be missing or older where `staleReads` is declared.
   *
   * `cursor` is the `next` of an earlier page, `undefined` for the first. A page has at most `limit` entries (1 and up), and may
   * have fewer, or none, before the last. A cursor that is none of this store's is refused with the `DomainError`
   * `invalid-cursor`.
   */
  scan(cursor: string | undefined, limit: number, call: Call): Promise<HotScanPage>;

  /** The programs of a category that are here, highest `popularityScore` first, ties by `programId`. `limit` is 1 to 1,000. */
  topByCategory(
    category: string,
    limit: number,
    after: CategoryPosition | undefined,
    call: Call,
  ): Promise<Page<ProgramCard, CategoryPosition>>;

  /**
   * Replaces a ranked list (up to {@link LIST_SIZE} cards, in order) by a new snapshot: readers see the old one or the new
   * one, never a mixture. The list and its snapshots are gone some time after `ttlMs`.
   */
  saveList(name: string, cards: readonly ProgramCard[], ttlMs: number, call: Call): Promise<void>;

  /** A part of a ranked list; `undefined` when the list, or the snapshot asked for, is not there or its time is over. */
  list(name: string, query: ListQuery, call: Call): Promise<ListSlice | undefined>;
}

/** A program that was deleted by the write with this version. */
export interface ProgramRemoval {
  readonly programId: string;
  readonly version: number;
}
