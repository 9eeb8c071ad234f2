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
  | 'store-timeout';

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

/** The store did not answer in time. Whether a write was applied is not known. */
export class StoreTimeout extends DomainError {
  constructor(store: string, cause: unknown) {
    super('store-timeout', `${store} did not answer in time`, { cause });
  }
}
