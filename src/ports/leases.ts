import type { Call } from './call.ts';

/**
 * Names that one holder has at a time, among all instances, for work that should be done once. A lease says who should work, not
 * who may write: a holder can be slower than its lease, so what it writes must bear being written twice.
 *
 * Names and holders are told apart to the character; neither holds NUL or a lone surrogate.
 *
 * Errors: `StoreUnavailable`, `StoreTimeout`.
 */
export interface Leases {
  /**
   * Takes the name for `ttlMs` (whole, more than 0) from now by the store's clock, when nobody has it or its time is over.
   * `true` also when the holder has it already: its time begins anew. Of many that ask at once one gets it.
   */
  acquire(name: string, holder: string, ttlMs: number, call: Call): Promise<boolean>;

  /** Gives the name back. A name that is free, or another's, stays as it is. */
  release(name: string, holder: string, call: Call): Promise<void>;
}
