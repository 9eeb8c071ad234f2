import type { LimitAlgorithm, LimitState } from './algorithm.ts';
import { fixedWindow } from './fixed-window.ts';
import type { CountingAlgorithm } from './policy.ts';
import { slidingWindow } from './sliding-window.ts';
import { tokenBucket } from './token-bucket.ts';

/** A counter belongs to one algorithm, so each is only ever given states of its own making. */
export const LIMIT_ALGORITHMS: Readonly<Record<CountingAlgorithm, LimitAlgorithm<LimitState>>> = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'token-bucket': tokenBucket,
};
