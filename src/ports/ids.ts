/** New identifiers, so that tests can foresee them. */
export interface Ids {
  /** A fresh UUIDv7 (RFC 9562): unique over all instances, ordered by time of making. */
  next(): string;
}
