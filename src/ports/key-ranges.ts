/** A slice of the keys in ascending order; keys are compared by code point. */
export interface KeyRange {
  /** Exclusive; absent: from the first key. */
  readonly after?: string;
  /** Inclusive; absent: to the last key. */
  readonly upTo?: string;
}
