import type { Call } from './call.ts';

/** What is migrated: the hot copies of programs, and the key-value index of search documents. */
export const MIGRATED = ['programs', 'search'] as const;
export type Migrated = (typeof MIGRATED)[number];

/** In the order of the migration; see docs/adr for what each means for reads and writes. */
export const PHASES = ['off', 'dual-write', 'read-fallback', 'primary'] as const;
export type Phase = (typeof PHASES)[number];

/** The migration's control record of one data set. */
export interface PhaseRecord {
  readonly phase: Phase;
  /** Share of keys that are read from the copy in `read-fallback`: 0 to 100, whole. */
  readonly readPercent: number;
  /** Grows by one with each change; 0 is the record that was never changed. */
  readonly epoch: number;
  readonly changedAt: Date;
  /** Who or what changed it. */
  readonly changedBy: string;
  readonly reason: string;
}

export interface PhaseChange {
  readonly phase: Phase;
  readonly readPercent: number;
  readonly changedBy: string;
  readonly reason: string;
}

/** `conflict`: the record is at another epoch by now, and nothing was changed. */
export type PhaseOutcome =
  | { readonly outcome: 'changed'; readonly record: PhaseRecord }
  | { readonly outcome: 'conflict'; readonly record: PhaseRecord };

/**
 * Where the migration stands, shared by all instances. Every change is kept.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface PhaseStore {
  /** The record of a data set; one that was never changed is `off`, at epoch 0. */
  read(dataSet: Migrated, call: Call): Promise<PhaseRecord>;

  /**
   * Changes the record when it is still at `epoch`. Of many callers at one epoch exactly one succeeds. Once it resolves
   * every `read` that begins anywhere sees the change.
   */
  change(dataSet: Migrated, epoch: number, change: PhaseChange, call: Call): Promise<PhaseOutcome>;

  /** The newest changes first. */
  history(dataSet: Migrated, limit: number, call: Call): Promise<readonly PhaseRecord[]>;

  /**
   * Calls `listener` soon after any instance changed the record. Only a hint: one can be lost, so whoever must know polls as
   * well. Answers a function that ends it.
   */
  onChange(listener: (dataSet: Migrated) => void): () => void;
}
