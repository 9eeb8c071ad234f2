import type { TokenBucketState } from '../../../domain/limits/token-bucket.ts';
import { tokenBucket } from '../../../domain/limits/token-bucket.ts';
import type { BasicCounterRequest } from '../../../ports/counter-store.ts';
import { digitsOf, mapValue, numberValue } from './attribute-values.ts';
import type { Change, CounterLayout } from './layout.ts';

/**
 * `l` is the limit that units come back by, and `s` what is missing plus what has come back since 1970, which does not change as
 * time passes: units are taken, and the limit is changed, by adding to it. It is a whole number of units times the window's
 * milliseconds, below 10^22.
 */
export const tokenBucketLayout: CounterLayout<TokenBucketState> = {
  longestMs: (windowMs) => windowMs,

  encode: (state) => ({ s: numberValue(missingIn1970(state)), l: numberValue(state.limit) }),

  decode({ s, l }) {
    const missing = BigInt(digitsOf(s));
    const limit = Number(digitsOf(l));
    const rate = BigInt(limit);
    return { missing, atMs: 0, limit, expiresAtMs: Number((missing + rate - 1n) / rate) };
  },

  take(request, { state, nowMs }) {
    if (state === undefined) return undefined;
    const backSince1970 = BigInt(nowMs) * BigInt(state.limit);
    const isFull = missingIn1970(state) <= backSince1970;
    return isFull
      ? takeFromFull(request, state, backSince1970, nowMs)
      : takeFromStarted(request, state, backSince1970, nowMs);
  },
};

function takeFromStarted(
  { policy: { limit, windowMs }, cost }: BasicCounterRequest,
  state: TokenBucketState,
  backSince1970: bigint,
  nowMs: number,
): Change {
  const units = BigInt(cost) * BigInt(windowMs);
  const whole = BigInt(limit) * BigInt(windowMs);
  return {
    set: '#g.s = #g.s + :added, #g.l = :limit',
    condition: '#g.l = :was AND #g.s > :full AND #g.s <= :most',
    values: {
      ':added': numberValue(units + BigInt(nowMs) * BigInt(limit - state.limit)),
      ':limit': numberValue(limit),
      ':was': numberValue(state.limit),
      ':full': numberValue(backSince1970),
      ':most': numberValue(backSince1970 + whole - units),
    },
  };
}

/** A full bucket is the same however long it has been full. */
function takeFromFull(
  { policy, cost }: BasicCounterRequest,
  state: TokenBucketState,
  backSince1970: bigint,
  nowMs: number,
): Change {
  const fresh = tokenBucket.spend(undefined, policy, cost, { steadyMs: nowMs, wallMs: nowMs });
  return {
    set: '#g = :fresh',
    condition: 'attribute_not_exists(#g) OR (#g.l = :was AND #g.s <= :full)',
    values: {
      ':fresh': mapValue(tokenBucketLayout.encode(fresh)),
      ':was': numberValue(state.limit),
      ':full': numberValue(backSince1970),
    },
  };
}

/** What would have been missing then, had the bucket been as deep. */
function missingIn1970({ missing, atMs, limit }: TokenBucketState): bigint {
  return missing + BigInt(atMs) * BigInt(limit);
}
