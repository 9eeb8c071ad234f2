export interface KeyRange {
  /** Exclusive; absent: from the first key. */
  readonly after?: string;
  /** Inclusive; absent: to the last key. */
  readonly upTo?: string;
}
