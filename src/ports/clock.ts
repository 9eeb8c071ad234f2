/** Time, so that tests can drive it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. May step backwards when the machine's clock is set. */
  now(): number;
}

/** Time that only goes forward, for deadlines and leases within one process. */
export interface MonotonicClock {
  /** Milliseconds since some moment before the first call; goes on evenly when the machine's clock is set. */
  elapsedMs(): number;
}
