import type { Call } from '../../ports/call.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

/** Work that goes on beside the requests. */
export interface BackgroundLoop {
  start(): void;
  /** Says that there may be work: the loop looks now, or right after the round it is in. */
  nudge(): void;
  /** Ends after the round in flight, which is asked to stop. */
  stop(): Promise<void>;
}

export interface BackgroundLoopOptions {
  /** For telemetry, such as `search.project`. */
  readonly name: string;
  /** One round; answers how much was done: as long as that is more than 0 the next round follows at once. */
  readonly round: (call: Call) => Promise<number>;
  /** Pause after a round that found nothing, or failed. Milliseconds. */
  readonly idleMs: number;
  /** A round that takes longer is stopped. Milliseconds. */
  readonly roundTimeoutMs: number;
  readonly telemetry: Telemetry;
}

export function createBackgroundLoop(options: BackgroundLoopOptions): BackgroundLoop {
  const stopping = new AbortController();
  let wake: () => void = () => undefined;
  let isNudged = false;
  let running: Promise<void> | undefined;

  async function pause(): Promise<void> {
    if (isNudged || stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.idleMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      isNudged = false;
      const done = await runRound(options, stopping.signal);
      if (done === 0) await pause();
    }
  }

  return {
    start() {
      running ??= run();
    },
    nudge() {
      isNudged = true;
      wake();
    },
    async stop() {
      stopping.abort(new Error(`${options.name} is stopping`));
      wake();
      await running;
    },
  };
}

async function runRound(options: BackgroundLoopOptions, stopping: AbortSignal): Promise<number> {
  try {
    return await options.round({
      signal: AbortSignal.any([stopping, AbortSignal.timeout(options.roundTimeoutMs)]),
    });
  } catch (error) {
    if (!stopping.aborted) options.telemetry.failed(options.name, error);
    return 0;
  }
}
