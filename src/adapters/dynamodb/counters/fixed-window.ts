import type { FixedWindowState } from '../../../domain/limits/fixed-window.ts';
import { fixedWindow } from '../../../domain/limits/fixed-window.ts';
import { digitsOf, numberValue } from './attribute-values.ts';
import { plus } from './changes.ts';
import type { CounterForm } from './counting-layout.ts';
import { countingLayout } from './counting-layout.ts';

/**
 * `c` units taken until `e`, the end of a window; a permit is its units, since all end with the window. A stored end that lies past
 * the present window's is of an instance whose clock is ahead, and is joined: no window has its units twice.
 */
const form: CounterForm<FixedWindowState> = {
  fields: ['c', 'e'],
  longestMs: (windowMs) => windowMs,

  encode: ({ used, expiresAtMs }) => ({ c: numberValue(used), e: numberValue(expiresAtMs) }),

  decode: ({ c, e }) => ({ used: Number(digitsOf(c)), expiresAtMs: Number(digitsOf(e)) }),

  encodePermit: ({ units }) => numberValue(units),

  decodePermit({ e }, _id, value, windowMs) {
    const untilMs = Number(digitsOf(e));
    return { units: Number(digitsOf(value)), atMs: untilMs - windowMs, untilMs };
  },

  hasEnded: () => false,

  whole: (_map, windowMs, at, { path, terms }) =>
    `${path}.e < ${terms.number((Math.floor(at.steadyMs / windowMs) + 1) * windowMs)}`,

  add: ({ policy, units }, { state }, slot) => ({
    set: [plus(`${slot.path}.c`, slot, units)],
    conditions: [
      `${slot.path}.e = ${slot.terms.number(state.expiresAtMs)}`,
      `${slot.path}.c <= ${slot.terms.number(policy.limit - units)}`,
    ],
  }),

  subtract: ({ units }, _next, { state }, slot) => ({
    set: [plus(`${slot.path}.c`, slot, -units)],
    conditions: [
      `${slot.path}.e = ${slot.terms.number(state.expiresAtMs)}`,
      // With nothing taken the counter goes, and its permits.
      `${slot.path}.c > ${slot.terms.number(units)}`,
    ],
  }),
};

export const fixedWindowLayout = countingLayout(fixedWindow, form);
