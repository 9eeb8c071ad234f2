import type { SlidingWindowState } from '../../../domain/limits/sliding-window.ts';
import { leavesAt, numberAt, SUB_WINDOWS, slidingWindow } from '../../../domain/limits/sliding-window.ts';
import { digitsOf, numberValue } from './attribute-values.ts';
import { fieldsAsSeen, plus, setFields } from './changes.ts';
import type { CounterForm } from './counting-layout.ts';
import { countingLayout } from './counting-layout.ts';
import type { Change, Slot, Taking } from './layout.ts';

/**
 * `u` units taken in each of the eleven sub-windows that end with number `n`, oldest first, `t` in all. While `n` is the present
 * sub-window, adding to the last one needs `t` alone. Moving `n` on drops units, so it is done by replacing exactly what was
 * seen. An `n` that lies ahead is of an instance whose clock is, and is joined. A permit is its units and their sub-window.
 */
const form: CounterForm<SlidingWindowState> = {
  fields: ['n', 't', 'u'],
  longestMs: (windowMs) => Math.ceil(((SUB_WINDOWS + 1) * windowMs) / SUB_WINDOWS),

  encode(state) {
    const padding = Array.from({ length: SUB_WINDOWS + 1 - state.used.length }, () => 0);
    return {
      n: numberValue(newestOf(state)),
      t: numberValue(sum(state.used)),
      u: { L: [...padding, ...state.used].map(numberValue) },
    };
  },

  decode({ n, u }, windowMs) {
    const newest = Number(digitsOf(n));
    const used = (u?.L ?? []).map((units) => Number(digitsOf(units)));
    return { first: newest - used.length + 1, used, expiresAtMs: leavesAt(newest, windowMs) };
  },

  encodePermit({ units, policy: { windowMs } }, state, at) {
    const current = numberAt(at.steadyMs, windowMs);
    return { L: [units, state ? Math.max(newestOf(state), current) : current].map(numberValue) };
  },

  decodePermit(_map, _id, { L: [units, subWindow] = [] }, windowMs) {
    const number = Number(digitsOf(subWindow));
    return {
      units: Number(digitsOf(units)),
      // The first whole millisecond of the sub-window.
      atMs: Math.ceil((number * windowMs) / SUB_WINDOWS),
      untilMs: leavesAt(number, windowMs),
    };
  },

  hasEnded: ({ L = [] }, windowMs, { steadyMs }) => leavesAt(Number(digitsOf(L[1])), windowMs) <= steadyMs,

  add(taking, { map, state, at }, slot) {
    const current = numberAt(at.steadyMs, taking.policy.windowMs);
    if (newestOf(state) >= current || !taking.fits)
      return addToNewest(taking, Math.max(newestOf(state), current), slot);
    const { n, t, u } = map;
    const next = slidingWindow.spend(state, taking.policy, taking.units, at);
    return {
      set: setFields(slot, form.encode(next)),
      conditions: fieldsAsSeen(slot, { ...(n && { n }), ...(t && { t }), ...(u && { u }) }),
    };
  },

  subtract({ policy: { windowMs }, units, permit }, _next, { state, at }, slot) {
    const subWindow = permit ? numberAt(permit.atMs, windowMs) : newestOf(state);
    const index = subWindow - state.first;
    if ((state.used[index] ?? 0) < units) return undefined;
    const count = `${slot.path}.u[${index}]`;
    // Those that have left still are in the total: without them something has to stay.
    const gone = state.used.filter((_, offset) => leavesAt(state.first + offset, windowMs) <= at.steadyMs);
    return {
      set: [plus(count, slot, -units), plus(`${slot.path}.t`, slot, -units)],
      conditions: [
        `${slot.path}.n = ${slot.terms.number(newestOf(state))}`,
        `${count} >= ${slot.terms.number(units)}`,
        `${slot.path}.t > ${slot.terms.number(sum(gone) + units)}`,
      ],
    };
  },
};

export const slidingWindowLayout = countingLayout(slidingWindow, form);

function addToNewest({ policy, units }: Taking, newest: number, slot: Slot): Change {
  return {
    set: [plus(`${slot.path}.u[${SUB_WINDOWS}]`, slot, units), plus(`${slot.path}.t`, slot, units)],
    conditions: [
      `${slot.path}.n = ${slot.terms.number(newest)}`,
      `${slot.path}.t <= ${slot.terms.number(policy.limit - units)}`,
    ],
  };
}

function newestOf({ first, used }: SlidingWindowState): number {
  return first + used.length - 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
