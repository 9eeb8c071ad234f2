import type { Decision } from '../../ports/counter-store.ts';

/** The decision while a counter is blocked: `free` is the one without the block. `Infinity`: for ever. */
export function whenBlocked(free: Decision, leftMs: number): Decision {
  return {
    allowed: false,
    remaining: 0,
    retryAfterMs: Math.max(free.retryAfterMs, leftMs),
    resetAfterMs: Math.max(free.resetAfterMs, leftMs),
  };
}
