import type { Clock } from '../../ports/clock.ts';
import type { Moment } from './algorithm.ts';

/**
 * Adds a clock that never goes backwards to one that may: when the wall clock steps back, the steady one goes on from
 * where it was. So nobody waits longer than was announced because the machine's time was set.
 */
export function createSteadyClock(clock: Clock): () => Moment {
  let latest: Moment = { wallMs: Number.NEGATIVE_INFINITY, steadyMs: Number.NEGATIVE_INFINITY };
  let aheadMs = 0;

  return () => {
    const wallMs = Math.floor(clock.now());
    // Thousands of checks may be of one millisecond.
    if (wallMs === latest.wallMs) return latest;
    if (wallMs < latest.wallMs) aheadMs += latest.wallMs - wallMs;
    latest = { wallMs, steadyMs: wallMs + aheadMs };
    return latest;
  };
}
