import type { LimitState } from '../../../domain/limits/algorithm.ts';

/** One counter of one key. */
export interface Counter {
  readonly key: string;
  /** Tells the counters of a key apart: algorithm and window. */
  readonly name: string;
  state: LimitState;
  /** Where it is in the expiry queue. */
  position: number;
}
