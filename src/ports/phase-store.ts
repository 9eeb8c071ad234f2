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
  /** Epoch at which the present phase began: changes of `readPercent` alone keep it. 0 for the record that was never changed. */
  readonly phaseEpoch: number;
  /** Epoch of the last change out of `off`: copies are complete only with regard to it. 0: still `off`. */
  readonly marksSince: number;
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

/** Epochs by data set. */
export type Epochs = Readonly<Record<Migrated, number>>;
export type PhaseRecords = Readonly<Record<Migrated, PhaseRecord>>;

/** What one instance of the service said when it last checked in. */
export interface InstanceReport {
  readonly instanceId: string;
  /** What it acts on. */
  readonly epochs: Epochs;
  /** Milliseconds since it last checked in, by the store's clock. */
  readonly ageMs: number;
}

/** An instance that was silent for so long is forgotten. */
export const SILENT_INSTANCE_KEPT_MS = 3_600_000;

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
   *
   * A change to another phase also waits for the writes of the data set that are under way, and those that begin meanwhile wait
   * for it: every write that commits after the change has left the marks that the new phase asks for. Writes that take too long
   * for that are a `FenceTimeout`, and nothing was changed.
   */
  change(dataSet: Migrated, epoch: number, change: PhaseChange, call: Call): Promise<PhaseOutcome>;

  /** The newest changes first. */
  history(dataSet: Migrated, limit: number, call: Call): Promise<readonly PhaseRecord[]>;

  /**
   * Says which epochs this instance acts on, and answers what is in force now: of all that was changed before the call began,
   * or later. Forgets instances that were silent for {@link SILENT_INSTANCE_KEPT_MS}.
   */
  checkIn(instanceId: string, epochs: Epochs, call: Call): Promise<PhaseRecords>;

  /** Says that the instance ends: nobody waits for it any more. One that is not known is no error. */
  checkOut(instanceId: string, call: Call): Promise<void>;

  /** Instances that checked in and did not check out, by id; silent ones included until they are forgotten. */
  instances(call: Call): Promise<readonly InstanceReport[]>;

  /**
   * Calls `listener` soon after any instance changed the record. Only a hint: one can be lost, so whoever must know polls as
   * well. Answers a function that ends it.
   */
  onChange(listener: (dataSet: Migrated) => void): () => void;
}
