import { untilAborted } from '../../../src/adapters/migration/until-aborted.ts';
import type { FakeClock } from '../../support/fake-clock.ts';

/** Decides who goes on next: nothing but the seed has a say in the order of what is under way. */
export interface Scheduler {
  /** Waits for its turn, which comes after `delayMs` at the earliest. */
  turn(delayMs?: number): Promise<void>;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Lets one of those who are due go on, as far as it gets; `false`: nobody is. */
  next(): Promise<boolean>;
  /** `true` with the probability given. */
  coin(probability: number): boolean;
  /** Runs something to its end without any waits: the clock moves on in their place. */
  atOnce<Result>(run: () => Promise<Result>): Promise<Result>;
  /** How many wait. */
  waiting(): number;
}

interface Waiting {
  readonly dueAt: number;
  readonly go: () => void;
}

export function createScheduler(seed: number, clock: FakeClock): Scheduler {
  const random = createRandom(seed);
  const waiting: Waiting[] = [];
  let isInstant = false;
  const turn = async (delayMs = 0): Promise<void> => {
    if (isInstant) return clock.advance(delayMs);
    await new Promise<void>((go) => waiting.push({ dueAt: clock.elapsedMs() + delayMs, go }));
  };
  return {
    turn,
    sleep: (ms, signal) => untilAborted({ signal }, () => turn(ms)),
    async next() {
      const due = waiting.filter(({ dueAt }) => dueAt <= clock.elapsedMs());
      const chosen = due[Math.floor(random() * due.length)];
      if (chosen === undefined) return false;
      waiting.splice(waiting.indexOf(chosen), 1);
      chosen.go();
      await untilQuiet();
      return true;
    },
    coin: (probability) => random() < probability,
    async atOnce(run) {
      isInstant = true;
      try {
        return await run();
      } finally {
        isInstant = false;
      }
    },
    waiting: () => waiting.length,
  };
}

/** Resolves when every promise that could go on has done so. */
export function untilQuiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Numbers from 0 up to but not 1: mulberry32 (Tommy Ettinger, public domain). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
