import { BUCKET_SECONDS, RATE_WINDOW_SECONDS } from '../../../ports/migration-jobs.ts';

/** What is left of a job's budget. */
export interface Bucket {
  readonly units: number;
  readonly atMs: number;
}

interface Taking {
  /** Units a second. */
  readonly rate: number;
  readonly wanted: number;
  readonly now: number;
}

/** Takes what is there of `wanted`, in whole units. `undefined`: a bucket that nobody took from yet, which is full. */
export function takeFromBucket(
  bucket: Bucket | undefined,
  { rate, wanted, now }: Taking,
): { readonly taken: number; readonly bucket: Bucket } {
  const size = Math.max(1, rate * BUCKET_SECONDS);
  const refill = Math.max(0, rate - size / RATE_WINDOW_SECONDS);
  const { units, atMs } = bucket ?? { units: size, atMs: now };
  // A clock that was set back refills nothing, and goes on from there.
  const elapsedSeconds = Math.max(0, now - atMs) / 1000;
  const there = Math.min(size, units + elapsedSeconds * refill);
  const taken = Math.floor(Math.min(there, wanted));
  return { taken, bucket: { units: there - taken, atMs: now } };
}
