/** Those that count what was taken in a time, and forget it as time passes. */
export const COUNTING_ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket'] as const;

export const ALGORITHMS = [...COUNTING_ALGORITHMS, 'concurrency'] as const;

export type CountingAlgorithm = (typeof COUNTING_ALGORITHMS)[number];

/**
 * - `fixed-window`: at most `limit` in each window; windows are aligned to the epoch, so twice the limit can pass around
 *   a boundary.
 * - `sliding-window`: at most `limit` in *any* span of one window, by ten sub-windows; up to a tenth of the window
 *   longer until spent units come back.
 * - `token-bucket` (GCRA): a bucket of `limit` that refills evenly over one window; up to twice the limit can pass in a
 *   window that begins with a full bucket.
 * - `concurrency`: at most `limit` held at once, each until it is given back; the window is how long a holder that says nothing
 *   more keeps its units.
 */
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Policy {
  readonly algorithm: Algorithm;
  /** Whole units, 1 and up. */
  readonly limit: number;
  /** 100 ms to 31 days. */
  readonly windowMs: number;
}

export interface CountingPolicy extends Policy {
  readonly algorithm: CountingAlgorithm;
}

/** What may be asked of a rate limit. */
export const RATE_LIMIT_LIMITS = {
  key: { min: 1, max: 2048 },
  limit: { min: 1, max: 1_000_000_000 },
  windowSeconds: { min: 0.1, max: 31 * 86_400, default: 3600 },
  cost: { min: 1, max: 1_000_000_000, default: 1 },
  permitId: { min: 1, max: 200 },
  /** Of a batch. */
  checks: { min: 1, max: 100 },
} as const;
