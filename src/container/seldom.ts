import type { Clock } from '../ports/clock.ts';

const PAUSE_MS = 30_000;

/** Passes the first of many on, and the next one when half a minute has passed: an outage is told, not every try of it. */
export function seldom<Value>(clock: Clock, tell: (value: Value) => void): (value: Value) => void {
  let silentUntilMs = Number.NEGATIVE_INFINITY;
  return (value) => {
    if (clock.now() < silentUntilMs) return;
    silentUntilMs = clock.now() + PAUSE_MS;
    tell(value);
  };
}
