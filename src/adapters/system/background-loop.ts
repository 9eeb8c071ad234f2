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
  /** One round; answers how much was done. */
  readonly round: (call: Call) => Promise<number>;
  /** A round that did so much may have left some: the next follows at once. Default: 1. */
  readonly full?: number;
  /** Pause after a round that was not full, or failed, unless a nudge ends it. Milliseconds. */
  readonly idleMs: number;
  /**
   * Lets work gather, for many small rounds cost more than a few large ones: after a round that was not full, the next begins no
   * sooner than so long after that one began. Milliseconds; default: no wait.
   */
  readonly gatherMs?: number;
  /** A round that takes longer is stopped. Milliseconds. */
  readonly roundTimeoutMs: number;
  /** Milliseconds; 5,000 by default. */
  readonly stopGraceMs?: number;
  readonly telemetry: Pick<Telemetry, 'failed'>;
}

const STOP_GRACE_MS = 5000;

export function createBackgroundLoop(options: BackgroundLoopOptions): BackgroundLoop {
  const aborting = new AbortController();
  const { full = 1, gatherMs = 0 } = options;
  let isStopping = false;
  let isNudged = false;
  let rest: Rest | undefined;
  let running: Promise<void> | undefined;

  async function pause(ms: number, endsWithNudge: boolean): Promise<void> {
    if (isStopping || (endsWithNudge && isNudged)) return;
    rest = createRest(ms, endsWithNudge);
    await rest.over;
  }

  async function run(): Promise<void> {
    while (!isStopping) {
      isNudged = false;
      const begunMs = performance.now();
      const done = await runRound(options, aborting.signal);
      if (done >= full) continue;
      await pause(options.idleMs, true);
      const gatheredMs = performance.now() - begunMs;
      if (gatheredMs < gatherMs) await pause(gatherMs - gatheredMs, false);
    }
  }

  return {
    start() {
      running ??= run();
    },
    nudge() {
      isNudged = true;
      if (rest?.endsWithNudge) rest.end();
    },
    async stop() {
      isStopping = true;
      rest?.end();
      const impatience = setTimeout(
        () => aborting.abort(new Error(`${options.name} is stopping`)),
        options.stopGraceMs ?? STOP_GRACE_MS,
      );
      await running;
      clearTimeout(impatience);
    },
  };
}

interface Rest {
  readonly endsWithNudge: boolean;
  readonly over: Promise<void>;
  end(): void;
}

function createRest(ms: number, endsWithNudge: boolean): Rest {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => {
    clearTimeout(timer);
    resolve();
  };
  return { endsWithNudge, over, end };
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
