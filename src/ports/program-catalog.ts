import type { Page } from '../domain/page.ts';
import type { Program, ProgramDraft } from '../domain/program/program.ts';
import type {
  ProgramFilter,
  ProgramPosition,
  ProgramQuery,
  ProgramSort,
} from '../domain/program/program-query.ts';
import type { Call } from './call.ts';
import type { KeyRange } from './key-ranges.ts';

/**
 * The source of truth for programs.
 *
 * - Every write is durable when its promise resolves, and atomic: the row, its version and its outbox marks are written in one
 *   transaction, or nothing is. The data set `documents` is always marked, `programs` while its migration is not `off`.
 * - A program's version grows by exactly one with each write that changes it and is never reset: a deleted program keeps
 *   counting, and when it is written again it goes on from there.
 * - Reads see every write acknowledged before they began, but for `query`, `top` and `categories` where the adapter is given a
 *   replica that lags. Programs that are deleted are never returned.
 * - Values come back as they were written; the caller may change what it was given without harm.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`; an aborted `call.signal` rejects with its reason.
 */
export interface ProgramCatalog {
  /** The program, or `undefined`. */
  get(programId: string, call: Call): Promise<Program | undefined>;

  /** Those of the ids that exist, each once, in no stated order. An empty list of ids gives an empty answer. */
  getMany(programIds: readonly string[], call: Call): Promise<readonly Program[]>;

  /**
   * Creates or replaces a program when the condition holds at the moment of writing. Measures that the draft leaves out
   * keep their stored value; a program that is created begins at 0, also one that was deleted before. A draft equal to
   * what is stored changes nothing and answers `unchanged`.
   */
  put(draft: ProgramDraft, condition: WriteCondition, at: Date, call: Call): Promise<PutOutcome>;

  /**
   * `put` without condition for many programs in one transaction, all or nothing. No id may come twice.
   * Outcomes are in the order of the drafts. An empty list does nothing.
   */
  putMany(drafts: readonly ProgramDraft[], at: Date, call: Call): Promise<readonly BulkOutcome[]>;

  /** Deletes a program when the condition holds. What is not there is `absent`, whatever the condition. */
  delete(programId: string, condition: WriteCondition, at: Date, call: Call): Promise<DeleteOutcome>;

  /** A page of the catalogue in a total order; see {@link ProgramQuery} for order and ties. */
  query(query: ProgramQuery, call: Call): Promise<Page<Program, ProgramPosition>>;

  /**
   * The first `limit` programs of an order with, as of the same moment, the ids of the first `idLimit` (`idLimit` is at
   * least `limit`; the ids begin with those of the programs).
   */
  top(query: TopQuery, call: Call): Promise<TopPrograms>;

  /** Each category that has programs, with their number: most first, ties by name. */
  categories(call: Call): Promise<readonly CategoryCount[]>;

  /** A page of all programs by id, ascending, from the one after `afterId`. */
  scan(afterId: string | undefined, limit: number, call: Call): Promise<readonly Program[]>;

  /**
   * Programs by id with deleted ones included as `{ programId, version, deleted: true }`: what a copy of the catalogue
   * must become. Ids never written are left out.
   */
  currentStates(programIds: readonly string[], call: Call): Promise<readonly ProgramState[]>;

  /** The first `limit` states of a range by id, ascending, deleted ones included. */
  scanStates(range: KeyRange, limit: number, call: Call): Promise<readonly ProgramState[]>;

  /**
   * At most `parts - 1` ids, ascending, that cut all ids (deleted ones included) into parts of about the same size, each id the
   * last of its part; fewer when there are few ids.
   */
  splitKeys(parts: number, call: Call): Promise<readonly string[]>;

  /**
   * Adds counted views to `viewCount`. `totals` are all the views that `source` has ever counted of a program, so a repeat
   * or an older total adds nothing. Programs that do not exist are passed over. Changes versions as any write does.
   */
  addViews(source: string, totals: readonly ViewTotal[], at: Date, call: Call): Promise<void>;
}

/** What must hold of the stored program for a write to be made. */
export type WriteCondition =
  | { readonly kind: 'any' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'version'; readonly versions: readonly number[] };

/** `conflict`: the condition did not hold, nothing was written; `current` is what is stored. */
export type PutOutcome =
  | { readonly outcome: 'created' | 'updated' | 'unchanged'; readonly program: Program }
  | { readonly outcome: 'conflict'; readonly current: Program | undefined };

export type BulkOutcome = 'created' | 'updated' | 'unchanged';

export type DeleteOutcome =
  | { readonly outcome: 'deleted'; readonly version: number }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'conflict'; readonly current: Program };

export interface TopQuery {
  readonly filter: ProgramFilter;
  readonly sort: ProgramSort;
  readonly limit: number;
  readonly idLimit: number;
}

export interface TopPrograms {
  readonly programs: readonly Program[];
  readonly programIds: readonly string[];
}

export interface CategoryCount {
  readonly category: string;
  readonly count: number;
}

export type ProgramState =
  | { readonly deleted: false; readonly program: Program }
  | { readonly deleted: true; readonly programId: string; readonly version: number };

export interface ViewTotal {
  readonly programId: string;
  readonly total: number;
}
