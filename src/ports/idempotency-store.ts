import type { JsonValue } from '../domain/json.ts';
import type { Call } from './call.ts';

/**
 * What became of requests that carry an idempotency key.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface IdempotencyStore {
  /**
   * Reserves a key for a request. `fresh`: go on, and `complete` or `abandon` it; the reservation ends by itself after
   * `leaseMs`. `retry`: as `fresh`, but an earlier attempt of the same request died on the way, so its work may be done.
   * `replay`: the same request was answered before. `mismatch`: the key stands for another request. `in-flight`: the same
   * request is being worked on. Of many callers that begin at once, one goes on. A request that died is remembered for
   * {@link ANSWER_KEPT_MS} from the end of its lease.
   */
  begin(key: string, fingerprint: string, leaseMs: number, call: Call): Promise<IdempotencyState>;

  /** Keeps the answer for 24 hours from now. A key that has its answer keeps that one; a key that is not there stays so. */
  complete(key: string, answer: JsonValue, call: Call): Promise<void>;

  /** Frees the key: the request did nothing. A key that has its answer keeps it. */
  abandon(key: string, call: Call): Promise<void>;
}

export type IdempotencyState =
  | { readonly state: 'fresh' | 'retry' | 'mismatch' | 'in-flight' }
  | { readonly state: 'replay'; readonly answer: JsonValue };

/** How long an answer is kept. */
export const ANSWER_KEPT_MS = 24 * 3_600_000;
