import type { Call } from '../../ports/call.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

/** Work that goes on beside the requests. */
export interface BackgroundLoop {
  start(): void;
  /** Says that there may be work: the loop looks now, or right after the round it is in. */
  nudge(): void;
  /**
   * Ends after the round in flight, so that nothing is left half done for others to wait for; a round that does not end
   * within `stopGraceMs` is aborted.
   */
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
  /** Milliseconds; 5,000 by default. */
  readonly stopGraceMs?: number;
  readonly telemetry: Pick<Telemetry, 'failed'>;
}

const STOP_GRACE_MS = 5000;

export function createBackgroundLoop(options: BackgroundLoopOptions): BackgroundLoop {
  const aborting = new AbortController();
  let isStopping = false;
  let wake: () => void = () => undefined;
  let isNudged = false;
  let running: Promise<void> | undefined;

  async function pause(): Promise<void> {
    if (isNudged || isStopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.idleMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    while (!isStopping) {
      isNudged = false;
      const done = await runRound(options, aborting.signal);
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
      isStopping = true;
      wake();
      const impatience = setTimeout(
        () => aborting.abort(new Error(`${options.name} is stopping`)),
        options.stopGraceMs ?? STOP_GRACE_MS,
      );
      await running;
      clearTimeout(impatience);
    },
  };
}

async function runRound(options: BackgroundLoopOptions, aborting: AbortSignal): Promise<number> {
  try {
    return await options.round({
      signal: AbortSignal.any([aborting, AbortSignal.timeout(options.roundTimeoutMs)]),
    });
  } catch (error) {
    if (!aborting.aborted) options.telemetry.failed(options.name, error);
    return 0;
  }
}
