import type { Refund } from '../../ports/counter-store.ts';
import type { StartTimer } from './alarm.ts';
import { createAlarm } from './alarm.ts';

export interface LateRefundsOptions {
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  readonly startTimer: StartTimer;
  /** Whether the units are back. */
  readonly attempt: (units: Refund) => Promise<boolean>;
}

/** Refunds that failed and wait to be tried again, one after another, until their units are back by themselves. */
export interface LateRefunds {
  /** False: there are too many, and the one that waited longest has gone. */
  add(units: Refund, overAtMs: number): boolean;
  /** The store works: now is the time. */
  storeAnswered(): void;
  /** Tries what waits once more, and then forgets it. */
  close(): Promise<void>;
}

export const MOST_WAITING = 1_000;
/** Where nobody asks the store for anything meanwhile. */
const RETRY_MS = 1_000;
/** One that fails again and again is not sent with every answer that others get. */
const PAUSE_MS = 100;

export function createLateRefunds({ clock, startTimer, attempt }: LateRefundsOptions): LateRefunds {
  /** With the times at which they are over. */
  const waiting = new Map<Refund, number>();
  let pausedUntilMs = 0;
  let trying: Promise<void> | undefined;
  const alarm = createAlarm(clock, startTimer, () => void tryAgain());

  function dropOver(): void {
    for (const [units, overAtMs] of waiting) if (overAtMs <= clock()) waiting.delete(units);
  }

  /** Up to the first that fails: the others would fail as well. That one goes to the end, for it may be the only one. */
  async function tryInTurn(): Promise<void> {
    dropOver();
    for (const [units, overAtMs] of waiting) {
      const isBack = await attempt(units);
      const wasThere = waiting.delete(units);
      if (isBack) continue;
      if (wasThere) waiting.set(units, overAtMs);
      pausedUntilMs = clock() + PAUSE_MS;
      break;
    }
    if (waiting.size > 0) alarm.setFor(clock() + RETRY_MS);
    else alarm.stop();
  }

  function tryAgain(): Promise<void> {
    trying ??= tryInTurn().then(() => {
      trying = undefined;
    });
    return trying;
  }

  return {
    add(units, overAtMs) {
      waiting.set(units, overAtMs);
      alarm.setFor(clock() + RETRY_MS);
      if (waiting.size <= MOST_WAITING) return true;
      const [oldest] = waiting.keys();
      if (oldest !== undefined) waiting.delete(oldest);
      return false;
    },
    storeAnswered() {
      if (waiting.size > 0 && clock() >= pausedUntilMs) void tryAgain();
    },
    async close() {
      await trying;
      await tryAgain();
      waiting.clear();
      alarm.stop();
    },
  };
}
