import type { LimitAlgorithm, LimitState, Moment } from './algorithm.ts';
import { ifLive } from './algorithm.ts';

/** What was taken in the window that ends at `expiresAtMs`. */
export interface FixedWindowState extends LimitState {
  readonly used: number;
}

/** One count for each window; windows begin at multiples of their length since the epoch. */
export const fixedWindow: LimitAlgorithm<FixedWindowState> = {
  look(state, { limit }, cost, at) {
    const live = ifLive(state, at);
    const used = live?.used ?? 0;
    const room = limit - used;
    const windowEndMs = live === undefined || used === 0 ? 0 : live.expiresAtMs - at.steadyMs;
    return {
      allowed: cost <= room,
      remaining: Math.max(0, room),
      retryAfterMs: retryAfterMs(cost, room, limit, windowEndMs),
      resetAfterMs: windowEndMs,
    };
  },

  spend(state, { windowMs }, cost, at) {
    const live = ifLive(state, at);
    if (live !== undefined) return { used: live.used + cost, expiresAtMs: live.expiresAtMs };
    return { used: cost, expiresAtMs: at.steadyMs + untilBoundary(windowMs, at) };
  },

  anchor(state, { windowMs }, { steadyMs }) {
    const latestMs = steadyMs + windowMs;
    return state.expiresAtMs > latestMs ? { ...state, expiresAtMs: latestMs } : state;
  },

  permit: ({ expiresAtMs }, _policy, units, { steadyMs }) => ({
    units,
    atMs: steadyMs,
    untilMs: expiresAtMs,
  }),

  giveBack(state, _policy, { units }, at) {
    const live = ifLive(state, at);
    return live && live.used > units ? { ...live, used: live.used - units } : undefined;
  },
};

function retryAfterMs(cost: number, room: number, limit: number, windowEndMs: number): number {
  if (cost <= room) return 0;
  return cost > limit ? Number.POSITIVE_INFINITY : windowEndMs;
}

function untilBoundary(windowMs: number, { wallMs }: Moment): number {
  return (Math.floor(wallMs / windowMs) + 1) * windowMs - wallMs;
}
