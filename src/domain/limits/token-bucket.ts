import type { LimitAlgorithm, LimitState, Moment } from './algorithm.ts';
import { ifLive } from './algorithm.ts';
import type { Permit } from './permit.ts';
import type { Whole } from './whole.ts';
import { ceilDivide, floorDivide, greatest, least, minus, plus, times } from './whole.ts';

/**
 * How much is missing from the bucket at a moment, in units times the window's milliseconds: one unit is `windowMs`, and
 * `limit` comes back each millisecond. Both are whole numbers, so a refill of a seventh of a unit each millisecond is kept
 * exactly, for ever. A limit of 10^9 over 31 days is 2.7 * 10^18, past 2^53: hence {@link Whole}.
 */
export interface TokenBucketState extends LimitState {
  readonly missing: Whole;
  readonly atMs: number;
  /** The limit it was taken under: what is missing comes back at this rate until more is taken. */
  readonly limit: number;
  /** Units taken since permits are given, which tells how much was taken after a permit. Absent: 0. */
  readonly taken?: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371) with a burst of the whole limit. What is missing is what GCRA keeps as
 * the theoretical arrival time less now, times the rate; kept in units, it stays right when the limit changes.
 */
export const tokenBucket: LimitAlgorithm<TokenBucketState> = {
  look(state, { limit, windowMs }, cost, at) {
    const missing = missingAt(state, at);
    // With nothing missing there is no rate to divide by, and no wait either.
    const rate = state?.limit ?? limit;
    const room = minus(times(limit, windowMs), missing);
    const over = minus(times(cost, windowMs), room);
    return {
      allowed: over <= 0,
      remaining: room <= 0 ? 0 : floorDivide(room, windowMs),
      retryAfterMs: cost > limit ? Number.POSITIVE_INFINITY : ceilDivide(over, rate),
      resetAfterMs: ceilDivide(missing, rate),
    };
  },

  spend(state, { limit, windowMs }, cost, at) {
    const missing = plus(missingAt(state, at), times(cost, windowMs));
    const expiresAtMs = at.steadyMs + ceilDivide(missing, limit);
    return { missing, atMs: at.steadyMs, limit, expiresAtMs, taken: (state?.taken ?? 0) + cost };
  },

  anchor(state, _policy, { steadyMs }) {
    if (state.atMs <= steadyMs) return state;
    const expiresAtMs = steadyMs + ceilDivide(state.missing, state.limit);
    return { ...state, atMs: steadyMs, expiresAtMs };
  },

  permit: ({ taken = 0, limit }, { windowMs }, units, { steadyMs }) => ({
    units,
    atMs: steadyMs,
    untilMs: steadyMs + windowMs,
    bucket: { taken, limit },
  }),

  giveBack(state, { windowMs }, { units, permit }, at) {
    const missing = missingAt(state, at);
    const asked = times(units, windowMs);
    const back = permit ? least(asked, stillMissing(permit, state, windowMs, missing, at)) : asked;
    if (back <= 0 && missing > 0) return state;
    const left = minus(missing, back);
    if (left <= 0) return undefined;
    const expiresAtMs = at.steadyMs + ceilDivide(left, state.limit);
    return { ...state, missing: left, atMs: at.steadyMs, expiresAtMs };
  },
};

/**
 * How much of a permit has surely not come back yet. Units come back in the order in which they were taken, so it is no less than
 * what is missing less all that was taken later, and no less than the permit less all that came back since. The first is too
 * little when units taken later were given back, the second when much was missing before: so the larger.
 */
function stillMissing(
  { units, atMs, bucket }: Permit,
  { taken = 0, limit }: TokenBucketState,
  windowMs: number,
  missing: Whole,
  { steadyMs }: Moment,
): Whole {
  const byOrder = minus(missing, times(taken - (bucket?.taken ?? 0), windowMs));
  const rate = Math.max(limit, bucket?.limit ?? limit);
  const byTime = minus(times(units, windowMs), times(Math.max(0, steadyMs - atMs), rate));
  return greatest(byOrder, byTime);
}

function missingAt(state: TokenBucketState | undefined, at: Moment): Whole {
  const live = ifLive(state, at);
  if (live === undefined) return 0;
  const refilled = times(at.steadyMs - live.atMs, live.limit);
  return refilled >= live.missing ? 0 : minus(live.missing, refilled);
}
