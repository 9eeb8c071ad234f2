/** Time, so that tests can drive it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. May step backwards when the machine's clock is set. */
  now(): number;
}
