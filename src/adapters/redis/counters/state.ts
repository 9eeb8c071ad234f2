import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { ConcurrencyState } from '../../../domain/limits/concurrency.ts';
import type { FixedWindowState } from '../../../domain/limits/fixed-window.ts';
import type { Algorithm, Policy } from '../../../domain/limits/policy.ts';
import type { SlidingWindowState } from '../../../domain/limits/sliding-window.ts';
import type { TokenBucketState } from '../../../domain/limits/token-bucket.ts';

/** Reads what the scripts keep of a counter. */
export function readState({ algorithm, windowMs }: Policy, numbers: readonly number[]): LimitState {
  return READERS[algorithm](numbers, windowMs);
}

type Reader = (numbers: readonly number[], windowMs: number) => LimitState;

const READERS: Readonly<Record<Algorithm, Reader>> = {
  'fixed-window': ([expiresAtMs = 0, used = 0]): FixedWindowState => ({ expiresAtMs, used }),

  'sliding-window': ([expiresAtMs = 0, first = 0, ...used]): SlidingWindowState => ({
    expiresAtMs,
    first,
    used,
  }),

  'token-bucket': (
    [expiresAtMs = 0, units = 0, fraction = 0, atMs = 0, limit = 0, taken = 0],
    windowMs,
  ): TokenBucketState => ({
    expiresAtMs,
    missing: BigInt(units) * BigInt(windowMs) + BigInt(fraction),
    atMs,
    limit,
    taken,
  }),

  concurrency: ([expiresAtMs = 0, held = 0, ...pairs]): ConcurrencyState => ({
    expiresAtMs,
    held,
    leases: pairs.flatMap((units, index) =>
      index % 2 === 0 ? [{ units, untilMs: pairs[index + 1] ?? 0 }] : [],
    ),
  }),
};
