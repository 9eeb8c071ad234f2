import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { FixedWindowState } from '../../../domain/limits/fixed-window.ts';
import type { CountingAlgorithm, CountingPolicy } from '../../../domain/limits/policy.ts';
import type { SlidingWindowState } from '../../../domain/limits/sliding-window.ts';
import type { TokenBucketState } from '../../../domain/limits/token-bucket.ts';

/** Reads what the scripts keep of a counter. */
export function readState({ algorithm, windowMs }: CountingPolicy, numbers: readonly number[]): LimitState {
  return READERS[algorithm](numbers, windowMs);
}

type Reader = (numbers: readonly number[], windowMs: number) => LimitState;

const READERS: Readonly<Record<CountingAlgorithm, Reader>> = {
  'fixed-window': ([expiresAtMs = 0, used = 0]): FixedWindowState => ({ expiresAtMs, used }),

  'sliding-window': ([expiresAtMs = 0, first = 0, ...used]): SlidingWindowState => ({
    expiresAtMs,
    first,
    used,
  }),

  'token-bucket': (
    [expiresAtMs = 0, units = 0, fraction = 0, atMs = 0, limit = 0],
    windowMs,
  ): TokenBucketState => ({
    expiresAtMs,
    missing: BigInt(units) * BigInt(windowMs) + BigInt(fraction),
    atMs,
    limit,
  }),
};
