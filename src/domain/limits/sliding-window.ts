import type { LimitAlgorithm, LimitState } from './algorithm.ts';

/**
 * Into how many parts a window is divided. What is taken counts in its own part and the ten after it: never less than a
 * whole window, and at most a tenth of it more.
 */
export const SUB_WINDOWS = 10;

/** What was taken in each of at most eleven consecutive sub-windows, numbered since the clock's zero. */
export interface SlidingWindowState extends LimitState {
  readonly first: number;
  readonly used: readonly number[];
}

/** A strict sliding window: never more than the limit in any span of one window length, both ends included. */
export const slidingWindow: LimitAlgorithm<SlidingWindowState> = {
  look(state, { limit, windowMs }, cost, { steadyMs }) {
    const counts = liveCounts(state, numberAt(steadyMs, windowMs));
    const room = limit - sum(counts.used);
    const newest = counts.first + counts.used.length - 1;
    return {
      allowed: cost <= room,
      remaining: Math.max(0, room),
      retryAfterMs:
        cost > limit ? Number.POSITIVE_INFINITY : untilFreed(counts, cost - room, windowMs, steadyMs),
      resetAfterMs: counts.used.length === 0 ? 0 : leavesAt(newest, windowMs) - steadyMs,
    };
  },

  spend(state, { windowMs }, cost, { steadyMs }) {
    const current = numberAt(steadyMs, windowMs);
    const { first, used } = liveCounts(state, current);
    const start = used.length === 0 ? current : first;
    const padded = Array.from({ length: current - start + 1 }, (_, offset) => used[offset] ?? 0);
    padded[current - start] = (padded[current - start] ?? 0) + cost;
    return { first: start, used: padded, expiresAtMs: leavesAt(current, windowMs) };
  },

  // The newest count moves to the current sub-window and each older one to the one after its like, since it may have been
  // taken at the very end of its own: so the newest two become one.
  anchor(state, { windowMs }, { steadyMs }) {
    const current = numberAt(steadyMs, windowMs);
    if (state.first + state.used.length - 1 <= current) return state;
    const used = [...state.used.slice(0, -2), sum(state.used.slice(-2))];
    return { first: current - used.length + 1, used, expiresAtMs: leavesAt(current, windowMs) };
  },

  permit: ({ expiresAtMs }, _policy, units, { steadyMs }) => ({
    units,
    atMs: steadyMs,
    untilMs: expiresAtMs,
  }),

  giveBack(state, { windowMs }, { units, permit }, { steadyMs }) {
    const current = numberAt(steadyMs, windowMs);
    const counts = liveCounts(state, current);
    const used = permit
      ? withoutOf(counts.used, units, numberAt(permit.atMs, windowMs) - counts.first)
      : withoutLatest(counts.used, units);
    const left = liveCounts({ ...state, first: counts.first, used }, current);
    if (left.used.length === 0) return undefined;
    return { ...left, expiresAtMs: leavesAt(left.first + left.used.length - 1, windowMs) };
  },
};

function withoutOf(used: readonly number[], units: number, offset: number): readonly number[] {
  return used.map((count, each) => (each === offset ? Math.max(0, count - units) : count));
}

function withoutLatest(used: readonly number[], units: number): readonly number[] {
  let left = units;
  return used
    .toReversed()
    .map((count) => {
      const back = Math.min(left, count);
      left -= back;
      return count - back;
    })
    .toReversed();
}

/** Milliseconds until so many units have left; 0 when none need to. */
function untilFreed({ first, used }: Counts, units: number, windowMs: number, steadyMs: number): number {
  let missing = units;
  for (let offset = 0; missing > 0; offset += 1) {
    missing -= used[offset] ?? missing;
    if (missing <= 0) return leavesAt(first + offset, windowMs) - steadyMs;
  }
  return 0;
}

interface Counts {
  readonly first: number;
  readonly used: readonly number[];
}

function liveCounts(state: SlidingWindowState | undefined, current: number): Counts {
  if (state === undefined) return { first: current, used: [] };
  const gone = Math.max(0, current - SUB_WINDOWS - state.first);
  // Zeros at both ends go too, so that the first count is always one that gives room when it leaves, and the last the one that all
  // wait for.
  const firstUsed = state.used.findIndex((units, offset) => offset >= gone && units > 0);
  if (firstUsed === -1) return { first: current, used: [] };
  const lastUsed = state.used.findLastIndex((units) => units > 0);
  return { first: state.first + firstUsed, used: state.used.slice(firstUsed, lastUsed + 1) };
}

// A window need not be a multiple of ten milliseconds: sub-window n begins at n * windowMs / 10, which is kept as the
// fraction it is. Ten times a time of this age is far below 2^53, where a rounded-down quotient of integers is exact.
export function numberAt(steadyMs: number, windowMs: number): number {
  return Math.floor((steadyMs * SUB_WINDOWS) / windowMs);
}

/** The first whole millisecond at which what was taken in a sub-window no longer counts. */
export function leavesAt(subWindow: number, windowMs: number): number {
  return Math.ceil(((subWindow + SUB_WINDOWS + 1) * windowMs) / SUB_WINDOWS);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
