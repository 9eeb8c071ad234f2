/** So many failures in a row, or a share of the calls of a window. */
export type FailureLimit =
  | number
  | {
      /** More than 0, at most 1. */
      readonly share: number;
      readonly windowMs: number;
      /** With fewer calls in the window than this there is no telling. */
      readonly minCalls: number;
    };

export interface FailureCount {
  succeeded(): void;
  /** Whether that is too many now. */
  failed(): boolean;
}

export function createFailureCount(limit: FailureLimit, clock: () => number): FailureCount {
  return typeof limit === 'number' ? inARow(limit) : inWindow(limit, clock);
}

function inARow(most: number): FailureCount {
  let failures = 0;
  return {
    succeeded: () => {
      failures = 0;
    },
    failed: () => {
      failures += 1;
      return failures >= most;
    },
  };
}

interface Slot {
  readonly startMs: number;
  calls: number;
  failures: number;
}

/** The window slides by tenths of itself. */
const SLOTS = 10;

function inWindow(limit: Exclude<FailureLimit, number>, clock: () => number): FailureCount {
  const slotMs = limit.windowMs / SLOTS;
  let slots: readonly Slot[] = [];
  const add = (failures: number) => {
    const startMs = Math.floor(clock() / slotMs) * slotMs;
    const live = slots.filter((slot) => slot.startMs > startMs - limit.windowMs);
    const newest = live.at(-1);
    const slot = newest?.startMs === startMs ? newest : { startMs, calls: 0, failures: 0 };
    slots = slot === newest ? live : [...live, slot];
    slot.calls += 1;
    slot.failures += failures;
  };
  return {
    succeeded: () => add(0),
    failed: () => {
      add(1);
      const calls = slots.reduce((sum, slot) => sum + slot.calls, 0);
      const failures = slots.reduce((sum, slot) => sum + slot.failures, 0);
      return calls >= limit.minCalls && failures >= limit.share * calls;
    },
  };
}
