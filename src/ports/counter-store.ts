import type { Policy } from '../domain/limits/policy.ts';
import type { Call } from './call.ts';

/** A key, algorithm and window name a counter. */
export interface CounterRequest {
  /** Any text; keys that differ in one character never share a counter. */
  readonly key: string;
  readonly policy: Policy;
  /** Whole units, 1 and up. */
  readonly cost: number;
  /**
   * Names the units that are taken, among those of the counter, so that {@link CounterStore.refund} can give them back. 1 to 200
   * characters of any text. Known until the units have come back: by a refund, with their window (`token-bucket`: one window after
   * the taking), or as soon as the whole limit is there. Needed with `concurrency`.
   *
   * A request whose permit is known passes and takes nothing more, whatever its cost, so that it may be sent again when its answer
   * was lost. With `concurrency` it renews the lease.
   */
  readonly permitId?: string;
  /**
   * Whether {@link CounterStore.consume} takes all whole units that are there when it denies, without a permit: for guessers of
   * passwords. Never more than the limit, and nothing while the counter is blocked. Default: false. Says nothing to the other
   * calls, and nothing with `concurrency`.
   */
  readonly chargeDenied?: boolean;
}

/** Only durations cross the port, so the clocks of instances and callers never meet. */
export interface Decision {
  readonly allowed: boolean;
  /** Units that a check right now would still pass; 0 when denied for cost 1. */
  readonly remaining: number;
  /** Milliseconds until the same request passes if nobody else comes; 0 when allowed, `Infinity` when `cost` is over the limit. */
  readonly retryAfterMs: number;
  /** Milliseconds until the whole limit is there again if nobody comes; 0 when it is, `Infinity` when blocked for ever. */
  readonly resetAfterMs: number;
  /** Where the store was not asked: from units that this instance had taken before, or by a denial that still holds. */
  readonly decidedBy?: 'lease' | 'block-cache';
}

export interface Taken {
  /** What was taken, or what the permit has when it is known; 0 when denied. */
  readonly taken: number;
  /** As if the cost were `taken`, or when denied as if it were `least`. */
  readonly decision: Decision;
}

export interface Refund {
  readonly key: string;
  readonly policy: Omit<Policy, 'limit'>;
  /** Whole units, 1 and up. */
  readonly cost: number;
  /** Of the request that took the units. */
  readonly permitId?: string;
}

/**
 * Atomic counters for rate limits. State is kept for each key, algorithm and window; a changed `limit` applies to what was
 * consumed already.
 *
 * - Never admits more than the policy says, whatever the number of concurrent callers; from fresh state, exactly `limit`
 *   units pass before the first denial. Units that a permit gave back count as never taken.
 * - A denial consumes nothing unless the request says so. `remaining` and `retryAfterMs` are exact as of the answer.
 * - A clock that is set back gives nothing twice, and locks nobody out for longer than one full window (`sliding-window`: a tenth
 *   more; where each instance has its own clock, twice that) from the next `consume` on. Until then a look may be of a time that
 *   stands still. A block or a lease may last longer by as much, and a permit may not be known.
 * - A store error is never a denial. Errors: `StoreUnavailable`, `StoreTimeout`, `StoreThrottled` (the units may have been taken),
 *   `StoreRefused`, and `ValidationFailed` where it is said. No call is repeated.
 */
export interface CounterStore {
  /** Takes `cost` units when all of them are there, else none. @throws {ValidationFailed} `concurrency` without a permit. */
  consume(request: CounterRequest, call: Call): Promise<Decision>;

  /**
   * Whether `consume` would pass now, and if not when; takes nothing and creates nothing, so `remaining` and `resetAfterMs`
   * are of what is there. With `concurrency`, a request without a permit asks for a new one.
   */
  peek(request: CounterRequest, call: Call): Promise<Decision>;

  /**
   * Takes the units of all requests, or of none when one is denied; decisions in the order of the requests. Each says whether
   * that request by itself passes, so all was taken if all are allowed, and then `remaining` is as of after; else they are as
   * of {@link peek} at one moment. No requests: none is denied.
   *
   * Requests of one key are one round trip, and atomic. Those of several keys are atomic too where `acrossKeys` of the differences
   * says so; else each is taken in turn and given back when a later one is denied, so that never more than a limit passes, while
   * those who come in between may be denied by units that go back.
   *
   * @throws {ValidationFailed} two requests name one counter, or `concurrency` without a permit; nothing is taken.
   */
  consumeAll(requests: readonly CounterRequest[], call: Call): Promise<readonly Decision[]>;

  /**
   * As {@link consumeAll}, at once and without a promise: for callers to whom one is a good part of the cost. `undefined`: the
   * answer takes waiting, nothing was taken, and `consumeAll` is to be asked. Absent: as if always `undefined`.
   */
  consumeNow?(requests: readonly CounterRequest[]): readonly Decision[] | undefined;

  /**
   * The denial that `consume` would give now, where that is known without asking: then {@link consumeAll} with this request among
   * others would take nothing. `undefined`: it is not known. Absent: as if always `undefined`.
   */
  knownDenial?(request: CounterRequest): Decision | undefined;

  /**
   * Takes as much of `cost` as is there, if it is at least `least` (1 to `cost`), else nothing; one round trip. `cost` may be over
   * the limit. @throws {ValidationFailed} `concurrency` without a permit.
   */
  consumeUpTo(request: CounterRequest, least: number, call: Call): Promise<Taken>;

  /**
   * Gives units back; `remaining` never gets over the limit. A counter that is not there is fine, and is not made.
   *
   * With a permit: at most what it took, once. What it does not give back stays taken, and the permit is unknown from then on (with
   * `concurrency` all is given back, whatever `cost` says). Nothing happens if it is unknown. Units go back to the time they were
   * taken at; those of `token-bucket` that have come back by themselves meanwhile do not come twice, and where that is not known
   * to the unit, fewer come back and never more.
   *
   * Without: the units that were taken last. The caller knows that they were taken, and that their window is not over. Says nothing
   * with `concurrency`.
   */
  refund(refund: Refund, call: Call): Promise<void>;

  /**
   * Denies every request of the counter, whatever its limit and permit, for `forMs` milliseconds; `Infinity`: for ever. `retryAfterMs`
   * is then the time that is left, or longer if the units are not there by then. What was taken stays and comes back as ever;
   * refunds work. A block in force is never made shorter: only {@link reset} ends it. It survives what the counts survive.
   */
  block(key: string, policy: Omit<Policy, 'limit'>, forMs: number, call: Call): Promise<void>;

  /** Forgets every counter of the key, with permits and blocks. What is not there is fine. */
  reset(key: string, call: Call): Promise<void>;
}
