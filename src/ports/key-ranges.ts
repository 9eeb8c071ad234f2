/** A part of the keys of a store, in code-point order. */
export interface KeyRange {
  /** Exclusive. Absent: from the first key. */
  readonly after?: string;
  /** Inclusive. Absent: to the last key. */
  readonly upTo?: string;
}
