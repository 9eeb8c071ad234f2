import type { Policy } from '../domain/limits/policy.ts';
import type { Call } from './call.ts';

export interface CounterRequest {
  /** Any text; keys that differ in one character never share a counter. */
  readonly key: string;
  readonly policy: Policy;
  /** Whole units, 1 and up. */
  readonly cost: number;
}

/** Only durations cross the port, so the clocks of instances and callers never meet. */
export interface Decision {
  readonly allowed: boolean;
  /** Units that a check right now would still pass; 0 when denied for cost 1. */
  readonly remaining: number;
  /** Milliseconds until the same request passes if nobody else comes; 0 when allowed, `Infinity` when `cost` is over the limit. */
  readonly retryAfterMs: number;
  /** Milliseconds until the whole limit is there again if nobody comes; 0 when it is. */
  readonly resetAfterMs: number;
}

/**
 * Atomic counters for rate limits. State is kept for each key, algorithm and window; a changed `limit` applies to what was
 * consumed already.
 *
 * - Never admits more than the policy says, whatever the number of concurrent callers; from fresh state, exactly `limit`
 *   units pass before the first denial.
 * - A denial consumes nothing. `remaining` and `retryAfterMs` are exact as of the answer.
 * - A clock that is set back gives nothing twice, and locks nobody out for longer than one full window (`sliding-window`: a tenth
 *   more; where each instance has its own clock, twice that) from the next `consume` on. Until then a look may be of a time that
 *   stands still.
 * - A store error is never a denial. Errors: `StoreUnavailable`, `StoreThrottled`, `StoreRefused`, `StoreTimeout` (the units may have
 *   been taken).
 */
export interface CounterStore {
  /** Takes `cost` units when all of them are there, else none. */
  consume(request: CounterRequest, call: Call): Promise<Decision>;

  /**
   * Whether `consume` would pass now, and if not when; takes nothing and creates nothing, so `remaining` and `resetAfterMs`
   * are of what is there.
   */
  peek(request: CounterRequest, call: Call): Promise<Decision>;

  /** Forgets every counter of the key. What is not there is fine. */
  reset(key: string, call: Call): Promise<void>;
}
