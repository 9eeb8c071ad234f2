/** What may happen to a call of a port. */
export type Fault =
  /** `StoreUnavailable`, `StoreThrottled` or `StoreTimeout`; nothing reached the store. */
  | { readonly kind: 'error' | 'throttled' | 'time-out' }
  /** The call is made to its end, and then `StoreTimeout`: the lost answer. */
  | { readonly kind: 'applied-but-timed-out' }
  /** The first `keep` elements of the call's first array are passed on, and then `StoreUnavailable`. */
  | { readonly kind: 'partial-batch'; readonly keep: number }
  /** The call is made this many milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** No answer until the caller gives up; then its reason. Nothing reached the store. */
  | { readonly kind: 'hang' }
  /**
   * What the last call with the same arguments was answered that did reach the store. Without one, the store is asked: it
   * has nothing older either.
   */
  | { readonly kind: 'stale-read' };

/** Which fault the `nth` call (1 and up) of an operation meets; `undefined`: none. */
export type FaultPlan = (operation: string, nth: number) => Fault | undefined;
