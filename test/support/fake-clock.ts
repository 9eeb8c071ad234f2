import type { Clock, MonotonicClock } from '../../src/ports/clock.ts';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock, MonotonicClock {
  advance(ms: number): void;
  /** Milliseconds since the Unix epoch; may lie before the present reading, as when a machine's clock is set back. */
  set(ms: number): void;
}

export function createFakeClock(startMs = Date.UTC(2026, 0, 15, 12)): FakeClock {
  let nowMs = startMs;
  let elapsedMs = 0;
  return {
    now: () => nowMs,
    elapsedMs: () => elapsedMs,
    advance: (ms) => {
      nowMs += ms;
      elapsedMs += ms;
    },
    set: (ms) => {
      nowMs = ms;
    },
  };
}
