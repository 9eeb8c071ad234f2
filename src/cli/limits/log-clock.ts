import type { Clock } from '../../ports/clock.ts';

/** The time of a log. It never goes backwards: logs of several servers are a little out of order. */
export interface LogClock extends Clock {
  moveTo(atMs: number): void;
  /** Times that were earlier than one before them, and by how many milliseconds at most. */
  late(): { readonly count: number; readonly mostMs: number };
  /** `undefined` before the first time. */
  span(): { readonly fromMs: number; readonly toMs: number } | undefined;
}

export function createLogClock(): LogClock {
  let span: { readonly fromMs: number; readonly toMs: number } | undefined;
  let count = 0;
  let mostMs = 0;
  return {
    now: () => span?.toMs ?? 0,
    moveTo(atMs) {
      const lateMs = (span?.toMs ?? atMs) - atMs;
      if (lateMs > 0) count += 1;
      mostMs = Math.max(mostMs, lateMs);
      span = { fromMs: Math.min(span?.fromMs ?? atMs, atMs), toMs: Math.max(span?.toMs ?? atMs, atMs) };
    },
    late: () => ({ count, mostMs }),
    span: () => span,
  };
}
