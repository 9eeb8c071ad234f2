import { createBackgroundLoop } from '../../adapters/system/background-loop.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

/** Loops that are started, nudged and stopped together. */
export interface Loops {
  start(): void;
  nudge(): void;
  /** Resolves when the rounds in flight have ended. */
  stop(): Promise<void>;
}

export function together(loops: readonly Loops[]): Loops {
  return {
    start: () => {
      for (const loop of loops) loop.start();
    },
    nudge: () => {
      for (const loop of loops) loop.nudge();
    },
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  };
}

/** A hint costs every instance a look: no more than so often. Milliseconds. */
const HINT_MS = 50;

/**
 * Tells the relays of other instances, at most every 50 ms, that this one has left marks. One that is lost is made good by their
 * polling.
 */
export function createHinter(
  outbox: Pick<Outbox, 'hint'>,
  telemetry: Pick<Telemetry, 'failed'>,
): Loops & { note(): void } {
  let hasNews = false;
  const loop = createBackgroundLoop({
    name: 'outbox.hint',
    idleMs: 60_000,
    roundTimeoutMs: 1000,
    telemetry,
    round: async (call) => {
      if (!hasNews) return 0;
      hasNews = false;
      await outbox.hint('programs', call);
      await new Promise((resolve) => setTimeout(resolve, HINT_MS));
      return hasNews ? 1 : 0;
    },
  });
  return {
    ...loop,
    note() {
      hasNews = true;
      loop.nudge();
    },
  };
}
