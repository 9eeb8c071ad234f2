import type { ComparisonClass } from './comparisons.ts';
import type { Migrated, Phase } from './phase-store.ts';

/** A call through a port, as it ended. Names and times only: values never come here. */
export interface PortCall {
  /** The port's name, such as `ProgramCatalog`. */
  readonly port: string;
  readonly operation: string;
  /** The adapter's name, such as `postgres`. */
  readonly adapter: string;
  /** `ok`, `aborted` (nobody waited any more), the code of the port's error, or `error` for what no port declares. */
  readonly outcome: string;
  readonly durationMs: number;
  readonly requestId: string | undefined;
}

/** What calls of a store consumed, in the store's own units. */
export interface CapacityUse {
  readonly table: string;
  /** Absent: the table itself. */
  readonly index: string | undefined;
  readonly operation: string;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** Where the service says what happens outside a caller's sight. Never throws, never waits. */
export interface Telemetry {
  /** Background work failed and will be tried again; `operation` is a stable, dotted name such as `search.project`. */
  failed(operation: string, error: unknown): void;

  called(call: PortCall): void;

  consumed(use: CapacityUse): void;

  /** A store refused a request for want of capacity, also one that a later attempt made good. */
  throttled(operation: string): void;

  /** The API's guard decided on a call under a policy. */
  limited(decision: LimitDecision): void;

  /** Counters could not be asked, and the rule for that decided: `local`, `open` or `closed`. */
  limitedByRule(rule: string): void;

  /** Units that were admitted while the counters could not be asked have been charged to them. */
  replayedLimits(units: number): void;

  /** Whether the counters are asked, as of now: `closed` (they are), `open` (they are not) or `half-open` (one call tries). */
  counterBreaker(state: string, reason: string): void;

  /** A key of a data set with copies was read; `outcome` is how, such as `hit`, `miss` or `catalog`. */
  readCopy(dataSet: Migrated, outcome: string): void;

  /** A copy was compared with the truth beside the requests. */
  comparedCopy(dataSet: Migrated, result: ComparisonClass): void;

  /** Where the migration stands, as this instance sees it. */
  migrating(dataSet: Migrated, state: MigrationState): void;

  /** The share of reads from the copy was lowered, since something is wrong. Somebody should look. */
  loweredReads(dataSet: Migrated, readPercent: number, reason: string): void;

  /** A step was taken against what stood in its way. */
  forcedPhase(dataSet: Migrated, blockers: readonly string[]): void;
}

export interface LimitDecision {
  /** The policy's name. */
  readonly policy: string;
  /** `shadow-denied`: would have been denied, were the policy not in shadow mode. */
  readonly outcome: 'allowed' | 'denied' | 'shadow-denied';
  /** Who decided: `store`, `lease`, `block-cache`, `local`, `open` or `closed`. */
  readonly decidedBy: string;
}

export interface MigrationState {
  readonly phase: Phase;
  readonly readPercent: number;
  readonly epoch: number;
  /** Marks that wait. */
  readonly pending: number;
  readonly parked: number;
  /** Age of the oldest mark. Milliseconds. */
  readonly oldestAgeMs: number;
}

/** What has been measured so far, for a collector. */
export interface Measurements {
  readonly contentType: string;
  text(): Promise<string>;
}
