import type { Clock } from '../../ports/clock.ts';
import type { Moment } from './algorithm.ts';

/**
 * Adds a clock that never goes backwards to one that may: when the wall clock steps back, the steady one goes on from
 * where it was. So nobody waits longer than was announced because the machine's time was set.
 */
export function createSteadyClock(clock: Clock): () => Moment {
  let latestWallMs = Number.NEGATIVE_INFINITY;
  let aheadMs = 0;

  return () => {
    const wallMs = Math.floor(clock.now());
    if (wallMs < latestWallMs) aheadMs += latestWallMs - wallMs;
    latestWallMs = wallMs;
    return { wallMs, steadyMs: wallMs + aheadMs };
  };
}
