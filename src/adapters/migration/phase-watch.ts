import { PHASE_LEASE_MS } from '../../domain/migration/phase-lease.ts';
import type { Call } from '../../ports/call.ts';
import type { MonotonicClock } from '../../ports/clock.ts';
import type { Migrated, PhaseStore } from '../../ports/phase-store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { createPhaseSnapshots } from './phase-snapshots.ts';
import type { PhaseView } from './phase-view.ts';
import { untilAborted } from './until-aborted.ts';

/** The control record as this instance sees it. */
export interface PhaseWatch {
  /** Begins to follow the record; resolves when the first look ended, well or not. Never throws. */
  start(): Promise<void>;
  /** Costs no call. */
  current(dataSet: Migrated): PhaseView;
  /**
   * Looks now, and says what it acts on until it has nothing new to say. The loop calls it; a test may.
   * @returns 0: there is nothing to go on with.
   * @throws what the store raises, or the reason of `call.signal` as soon as that is aborted.
   */
  round(call: Call): Promise<number>;
  /** Says that the record may have changed: the loop looks at once. */
  nudge(): void;
  /** Acts on nothing any more, and then checks out, once. Never throws. */
  stop(): Promise<void>;
  /**
   * Calls `listener` when this instance begins to act on another epoch of a data set. It is not told that a view grew too old.
   * Answers a function that ends it.
   */
  onChange(listener: (dataSet: Migrated) => void): () => void;
}

/** Repeats rounds: at once when nudged, never two at a time. */
export interface PhaseLoop {
  start(): void;
  nudge(): void;
  stop(): Promise<void>;
}

export interface PhaseLoopOptions {
  /** For telemetry. */
  readonly name: string;
  readonly round: (call: Call) => Promise<number>;
  /** Pause between rounds. Milliseconds. */
  readonly idleMs: number;
  /** A round that takes longer is given up: its call is aborted. Milliseconds. */
  readonly roundTimeoutMs: number;
}

export interface PhaseWatchOptions {
  readonly phases: Pick<PhaseStore, 'checkIn' | 'checkOut' | 'onChange'>;
  /** Of this process alone: a new one each time it starts. */
  readonly instanceId: string;
  readonly telemetry: Pick<Telemetry, 'failed'>;
  readonly clock: MonotonicClock;
  readonly createLoop: (options: PhaseLoopOptions) => PhaseLoop;
  /** Milliseconds; {@link PHASE_LEASE_MS} by default. */
  readonly leaseMs?: number;
  /** Milliseconds; 1,000 by default. */
  readonly pollMs?: number;
}

const POLL_MS = 1000;
/** Of the poll interval: less than 2, so that one look that hangs costs one poll. */
const TIMEOUT_SHARE = 1.5;
const CHECK_OUT_TIMEOUT_MS = 1000;

/** Follows the control record by polling and hints, and tells the store what this instance acts on. */
export function createPhaseWatch(options: PhaseWatchOptions): PhaseWatch {
  const { phases, clock, leaseMs = PHASE_LEASE_MS, pollMs = POLL_MS } = options;
  const snapshots = createPhaseSnapshots({ clock, leaseMs });
  const listeners = createListeners(options.telemetry);
  const firstLook = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let endHints: () => void = () => undefined;
  let stopped: Promise<void> | undefined;

  const round = (call: Call) =>
    lookWhileNews(
      { ...options, snapshots, tell: listeners.tell, isStopped: () => stopping.signal.aborted },
      call,
    ).finally(firstLook.resolve);
  const loop = options.createLoop({
    name: 'migration.phase',
    round,
    idleMs: pollMs,
    roundTimeoutMs: TIMEOUT_SHARE * pollMs,
  });

  return {
    round,
    current: snapshots.current,
    nudge: loop.nudge,
    onChange: listeners.add,
    async start() {
      endHints();
      endHints = phases.onChange(() => loop.nudge());
      loop.start();
      await firstLook.promise;
    },
    stop() {
      stopped ??= end();
      return stopped;
    },
  };

  async function end(): Promise<void> {
    stopping.abort();
    endHints();
    snapshots.forget();
    await loop.stop();
    firstLook.resolve();
    await checkOut(options);
  }
}

interface Look extends Pick<PhaseWatchOptions, 'phases' | 'instanceId'> {
  readonly snapshots: ReturnType<typeof createPhaseSnapshots>;
  readonly tell: (dataSet: Migrated) => void;
  readonly isStopped: () => boolean;
}

// Others may wait to hear that this instance acts on what it was answered: it says so at once, not with the next poll.
async function lookWhileNews(deps: Look, call: Call): Promise<number> {
  let hasNews = true;
  while (hasNews && !deps.isStopped()) hasNews = await look(deps, call);
  return 0;
}

async function look({ phases, instanceId, snapshots, tell, isStopped }: Look, call: Call): Promise<boolean> {
  const apply = snapshots.begin();
  const records = await untilAborted(call, () => phases.checkIn(instanceId, snapshots.epochs(), call));
  if (isStopped()) return false;
  const { changed, isCounted } = apply(records);
  changed.forEach(tell);
  return changed.length > 0 || !isCounted;
}

async function checkOut({ phases, instanceId, telemetry }: PhaseWatchOptions): Promise<void> {
  const call = { signal: AbortSignal.timeout(CHECK_OUT_TIMEOUT_MS) };
  try {
    await untilAborted(call, () => phases.checkOut(instanceId, call));
  } catch (error) {
    telemetry.failed('migration.check-out', error);
  }
}

function createListeners(telemetry: Pick<Telemetry, 'failed'>) {
  const listeners = new Set<(dataSet: Migrated) => void>();
  return {
    add(listener: (dataSet: Migrated) => void): () => void {
      // A wrapper of its own: the same function may listen twice, and end once.
      const own = (dataSet: Migrated) => listener(dataSet);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell(dataSet: Migrated): void {
      for (const listener of listeners) {
        try {
          listener(dataSet);
        } catch (error) {
          telemetry.failed('migration.phase-listener', error);
        }
      }
    },
  };
}
