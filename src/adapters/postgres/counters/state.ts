import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { ConcurrencyState } from '../../../domain/limits/concurrency.ts';
import type { FixedWindowState } from '../../../domain/limits/fixed-window.ts';
import type { Algorithm } from '../../../domain/limits/policy.ts';
import type { SlidingWindowState } from '../../../domain/limits/sliding-window.ts';
import type { TokenBucketState } from '../../../domain/limits/token-bucket.ts';

/** Reads the column `state` of the table `counters`, or of a `counter_look`, which pg answers as the digits of each number. */
export function readState(algorithm: Algorithm, numbers: readonly string[]): LimitState {
  return READERS[algorithm](numbers);
}

const READERS: Readonly<Record<Algorithm, (numbers: readonly string[]) => LimitState>> = {
  'fixed-window': ([expiresAtMs, used]): FixedWindowState => ({
    expiresAtMs: Number(expiresAtMs),
    used: Number(used),
  }),
  'sliding-window': ([expiresAtMs, first, ...used]): SlidingWindowState => ({
    expiresAtMs: Number(expiresAtMs),
    first: Number(first),
    used: used.map(Number),
  }),
  'token-bucket': ([expiresAtMs, missing = '0', atMs, limit, taken = '0']): TokenBucketState => ({
    expiresAtMs: Number(expiresAtMs),
    missing: BigInt(missing),
    atMs: Number(atMs),
    limit: Number(limit),
    taken: Number(taken),
  }),
  // All that is asked of the leases is when there is room, which the server has found out where it is needed.
  concurrency: ([expiresAtMs, held, roomAtMs]): ConcurrencyState => ({
    expiresAtMs: Number(expiresAtMs),
    held: Number(held),
    leases: roomAtMs === undefined ? [] : [{ units: Number(held), untilMs: Number(roomAtMs) }],
  }),
};
