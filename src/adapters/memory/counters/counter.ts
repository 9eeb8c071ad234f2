import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { PermitBook } from './permit-book.ts';

/** One counter of one key. */
export interface Counter {
  readonly key: string;
  /** Tells the counters of a key apart: algorithm and window. */
  readonly name: string;
  /** `undefined`: nothing is taken. */
  state: LimitState | undefined;
  permits: PermitBook | undefined;
  /** Steady time in milliseconds; `undefined`: never was, which takes no object where such a number does. */
  blockedUntilMs: number | undefined;
  /** When neither the state nor a block says anything any more. */
  expiresAtMs: number;
  /** Where it is in the expiry queue. */
  position: number;
}

export const NOT_QUEUED = -1;

export function createCounter(key: string, name: string): Counter {
  return {
    key,
    name,
    state: undefined,
    permits: undefined,
    blockedUntilMs: undefined,
    expiresAtMs: Number.NEGATIVE_INFINITY,
    position: NOT_QUEUED,
  };
}
