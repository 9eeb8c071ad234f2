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
  /** Steady time in milliseconds; `-Infinity`: never was. */
  blockedUntilMs: number;
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
    blockedUntilMs: Number.NEGATIVE_INFINITY,
    expiresAtMs: Number.NEGATIVE_INFINITY,
    position: NOT_QUEUED,
  };
}
