import type { LimitAlgorithm, LimitState, Moment } from './algorithm.ts';
import { ifLive } from './algorithm.ts';

/**
 * How much is missing from the bucket at a moment, in units times the window's milliseconds: one unit is `windowMs`, and
 * `limit` comes back each millisecond. Both are whole numbers, so a refill of a seventh of a unit each millisecond is kept
 * exactly, for ever. They are bigints because a limit of 10^9 over 31 days is 2.7 * 10^18, past 2^53.
 */
export interface TokenBucketState extends LimitState {
  readonly missing: bigint;
  readonly atMs: number;
  /** The limit it was taken under: what is missing comes back at this rate until more is taken. */
  readonly limit: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371) with a burst of the whole limit. What is missing is what GCRA keeps as
 * the theoretical arrival time less now, times the rate; kept in units, it stays right when the limit changes.
 */
export const tokenBucket: LimitAlgorithm<TokenBucketState> = {
  look(state, { limit, windowMs }, cost, at) {
    const missing = missingAt(state, at);
    // With nothing missing there is no rate to divide by, and no wait either.
    const rate = BigInt(state?.limit ?? limit);
    const whole = BigInt(limit) * BigInt(windowMs);
    const over = missing + BigInt(cost) * BigInt(windowMs) - whole;
    return {
      allowed: over <= 0n,
      remaining: missing >= whole ? 0 : Number((whole - missing) / BigInt(windowMs)),
      retryAfterMs: cost > limit ? Number.POSITIVE_INFINITY : ceilDivide(over, rate),
      resetAfterMs: ceilDivide(missing, rate),
    };
  },

  spend(state, { limit, windowMs }, cost, at) {
    const missing = missingAt(state, at) + BigInt(cost) * BigInt(windowMs);
    const expiresAtMs = at.steadyMs + ceilDivide(missing, BigInt(limit));
    return { missing, atMs: at.steadyMs, limit, expiresAtMs };
  },

  anchor(state, _policy, { steadyMs }) {
    if (state.atMs <= steadyMs) return state;
    const expiresAtMs = steadyMs + ceilDivide(state.missing, BigInt(state.limit));
    return { ...state, atMs: steadyMs, expiresAtMs };
  },
};

function missingAt(state: TokenBucketState | undefined, at: Moment): bigint {
  const live = ifLive(state, at);
  if (live === undefined) return 0n;
  const refilled = BigInt(at.steadyMs - live.atMs) * BigInt(live.limit);
  return refilled >= live.missing ? 0n : live.missing - refilled;
}

/** Rounded up; 0 when there is nothing to divide. */
function ceilDivide(dividend: bigint, divisor: bigint): number {
  return dividend <= 0n ? 0 : Number((dividend + divisor - 1n) / divisor);
}
