import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { FixedWindowState } from '../../../domain/limits/fixed-window.ts';
import type { CountingAlgorithm } from '../../../domain/limits/policy.ts';
import type { SlidingWindowState } from '../../../domain/limits/sliding-window.ts';
import type { TokenBucketState } from '../../../domain/limits/token-bucket.ts';

/** Reads the column `state` of the table `counters`, which pg answers as the digits of each number. */
export function readState(algorithm: CountingAlgorithm, numbers: readonly string[]): LimitState {
  return READERS[algorithm](numbers);
}

const READERS: Readonly<Record<CountingAlgorithm, (numbers: readonly string[]) => LimitState>> = {
  'fixed-window': ([expiresAtMs, used]): FixedWindowState => ({
    expiresAtMs: Number(expiresAtMs),
    used: Number(used),
  }),
  'sliding-window': ([expiresAtMs, first, ...used]): SlidingWindowState => ({
    expiresAtMs: Number(expiresAtMs),
    first: Number(first),
    used: used.map(Number),
  }),
  'token-bucket': ([expiresAtMs, missing = '0', atMs, limit]): TokenBucketState => ({
    expiresAtMs: Number(expiresAtMs),
    missing: BigInt(missing),
    atMs: Number(atMs),
    limit: Number(limit),
  }),
};
