import type { FixedWindowState } from '../../../domain/limits/fixed-window.ts';
import { digitsOf, mapValue, numberValue } from './attribute-values.ts';
import type { CounterLayout } from './layout.ts';

/**
 * `c` units taken until `e`, the end of a window. A stored end that lies past the present window's is of an instance whose
 * clock is ahead, and is joined: no window has its units twice.
 */
export const fixedWindowLayout: CounterLayout<FixedWindowState> = {
  longestMs: (windowMs) => windowMs,

  encode: ({ used, expiresAtMs }) => ({ c: numberValue(used), e: numberValue(expiresAtMs) }),

  decode: ({ c, e }) => ({ used: Number(digitsOf(c)), expiresAtMs: Number(digitsOf(e)) }),

  take({ policy: { limit, windowMs }, cost }, { state, nowMs }) {
    const endMs = (Math.floor(nowMs / windowMs) + 1) * windowMs;
    if (state !== undefined && state.expiresAtMs >= endMs) {
      return {
        set: '#g.c = #g.c + :cost',
        condition: '#g.e = :end AND #g.c <= :room',
        values: {
          ':cost': numberValue(cost),
          ':end': numberValue(state.expiresAtMs),
          ':room': numberValue(limit - cost),
        },
      };
    }
    return {
      set: '#g = :fresh',
      condition: 'attribute_not_exists(#g) OR #g.e < :end',
      values: {
        ':fresh': mapValue(fixedWindowLayout.encode({ used: cost, expiresAtMs: endMs })),
        ':end': numberValue(endMs),
      },
    };
  },
};
