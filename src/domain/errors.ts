/**
 * What can go wrong, in the domain's own words. A driver (HTTP, CLI) maps `code` to its own answer in one table;
 * adapters raise only the `Store*` errors, and only for the one native signal that means it.
 */
export type ErrorCode =
  | 'validation-failed'
  | 'invalid-cursor'
  | 'cursor-expired'
  | 'program-not-found'
  | 'program-exists'
  | 'version-conflict'
  | 'document-not-found'
  | 'document-owned-by-program'
  | 'idempotency-key-reused'
  | 'idempotency-key-in-flight'
  | 'store-unavailable'
  | 'store-timeout'
  | 'store-throttled'
  | 'store-refused'
  | 'value-too-large'
  | 'phase-not-reachable'
  | 'job-not-found'
  | 'job-not-possible';

export class DomainError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** One thing wrong with an input: `path` is a JSON Pointer (`''` is the whole input), `message` says what would be right. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** The input breaks a stated rule. Nothing was read or written. */
export class ValidationFailed extends DomainError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super('validation-failed', faults.map((fault) => `${fault.path || '/'}: ${fault.message}`).join('; '));
    this.faults = faults;
  }
}

/** The stored version is not the one the caller expected. Nothing was written. `current` is `undefined` when nothing is stored. */
export class VersionConflict extends DomainError {
  readonly current: number | undefined;

  constructor(message: string, current: number | undefined) {
    super('version-conflict', message);
    this.current = current;
  }
}

/** The store could not be reached or refused to work. Whether a write was applied is not known. */
export class StoreUnavailable extends DomainError {
  constructor(store: string, cause: unknown) {
    super('store-unavailable', `${store} is not available`, { cause });
  }
}

/** The store has failed before and is spared: it was not asked. Nothing was changed. */
export class StoreNotAsked extends StoreUnavailable {}

/** The store did not answer in time. Whether a write was applied is not known. */
export class StoreTimeout extends DomainError {
  constructor(store: string, cause: unknown, message = `${store} did not answer in time`) {
    super('store-timeout', message, { cause });
  }
}

/** Writes of `what` that began before a change of phase were open for too long. Nothing was changed: trying again is safe. */
export class FenceTimeout extends StoreTimeout {
  constructor(store: string, { what, waitedMs, cause }: FenceTimeoutOptions) {
    const message = `writes of ${what} in ${store} were still open after ${waitedMs} ms: the phase was not changed`;
    super(store, cause, message);
  }
}

interface FenceTimeoutOptions {
  readonly what: string;
  readonly waitedMs: number;
  readonly cause: unknown;
}

/** The store is up and has no capacity for the call now. Whether a write was applied is not known. */
export class StoreThrottled extends DomainError {
  constructor(store: string, cause: unknown) {
    super('store-throttled', `${store} has no capacity for the call`, { cause });
  }
}

/** The store does not take the call as it is set up: a permission, a table or an index is missing. Trying again does not help. */
export class StoreRefused extends DomainError {
  constructor(store: string, cause: unknown) {
    super('store-refused', `${store} refused the call: its set-up or the permissions do not fit`, { cause });
  }
}

/** The store can not hold a value of this size. Nothing was written. */
export class ValueTooLarge extends DomainError {
  constructor(store: string, what: string, bytes: number, maxBytes: number) {
    super('value-too-large', `${what} takes ${bytes} bytes and ${store} holds at most ${maxBytes}`);
  }
}

/** A step of a migration that is not earned yet. Nothing was changed. */
export class PhaseNotReachable extends DomainError {
  /** What stands in the way, and what to do about it. */
  readonly blockers: readonly string[];

  constructor(dataSet: string, phase: string, blockers: readonly string[]) {
    super('phase-not-reachable', `${dataSet} can not go to ${phase} yet: ${blockers.join('; ')}`);
    this.blockers = blockers;
  }
}
