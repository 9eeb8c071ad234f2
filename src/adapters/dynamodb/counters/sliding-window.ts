import type { SlidingWindowState } from '../../../domain/limits/sliding-window.ts';
import { leavesAt, numberAt, SUB_WINDOWS } from '../../../domain/limits/sliding-window.ts';
import { digitsOf, numberValue } from './attribute-values.ts';
import type { CounterLayout } from './layout.ts';

/**
 * `u` units taken in each of the eleven sub-windows that end with number `n`, oldest first, `t` in all. While `n` is the present
 * sub-window, adding to the last one needs `t` alone. Moving `n` on drops units, so it is done by replacing exactly what was
 * seen. An `n` that lies ahead is of an instance whose clock is, and is joined.
 */
export const slidingWindowLayout: CounterLayout<SlidingWindowState> = {
  longestMs: (windowMs) => Math.ceil(((SUB_WINDOWS + 1) * windowMs) / SUB_WINDOWS),

  encode(state) {
    const padding = Array.from({ length: SUB_WINDOWS + 1 - state.used.length }, () => 0);
    const total = state.used.reduce((sum, units) => sum + units, 0);
    return {
      n: numberValue(newestOf(state)),
      t: numberValue(total),
      u: { L: [...padding, ...state.used].map(numberValue) },
    };
  },

  decode({ n, u }, windowMs) {
    const newest = Number(digitsOf(n));
    const used = (u?.L ?? []).map((units) => Number(digitsOf(units)));
    return { first: newest - used.length + 1, used, expiresAtMs: leavesAt(newest, windowMs) };
  },

  take({ policy: { limit, windowMs }, cost }, { state, fits, nowMs }) {
    const current = numberAt(nowMs, windowMs);
    const newest = state === undefined ? Number.NEGATIVE_INFINITY : newestOf(state);
    if (fits && newest < current) return undefined;
    return {
      set: `#g.u[${SUB_WINDOWS}] = #g.u[${SUB_WINDOWS}] + :cost, #g.t = #g.t + :cost`,
      condition: '#g.n = :n AND #g.t <= :room',
      values: {
        ':cost': numberValue(cost),
        ':n': numberValue(Math.max(newest, current)),
        ':room': numberValue(limit - cost),
      },
    };
  },
};

function newestOf({ first, used }: SlidingWindowState): number {
  return first + used.length - 1;
}
