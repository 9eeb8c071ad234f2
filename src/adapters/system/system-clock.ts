import type { Clock, MonotonicClock } from '../../ports/clock.ts';

export function createSystemClock(): Clock {
  return { now: () => Date.now() };
}

export function createSystemMonotonicClock(): MonotonicClock {
  return { elapsedMs: () => performance.now() };
}
