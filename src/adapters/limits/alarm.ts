/** Does the work after so many milliseconds, unless it is stopped before. Keeps no process alive. */
export type StartTimer = (ms: number, work: () => void) => () => void;

/** One timer, for the earliest of all times that it is set for. */
export interface Alarm {
  setFor(atMs: number): void;
  stop(): void;
}

/** `clock`: milliseconds that never go backwards. */
export function createAlarm(clock: () => number, startTimer: StartTimer, work: () => void): Alarm {
  let atMs = Number.POSITIVE_INFINITY;
  let stopTimer: (() => void) | undefined;

  function stop(): void {
    stopTimer?.();
    stopTimer = undefined;
    atMs = Number.POSITIVE_INFINITY;
  }

  return {
    setFor(nextMs) {
      if (nextMs >= atMs) return;
      stop();
      atMs = nextMs;
      stopTimer = startTimer(Math.ceil(nextMs - clock()), () => {
        stop();
        work();
      });
    },
    stop,
  };
}
