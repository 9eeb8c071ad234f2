import type { SimulatedCounters } from '../../container/operations/simulated-counters.ts';
import type { Line } from '../../domain/lines.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Access, AccessReader } from './access-reader.ts';
import type { Lane } from './lanes.ts';
import { decide } from './lanes.ts';
import { createLogClock } from './log-clock.ts';
import type { Peak } from './peak.ts';
import { createPeakWatch } from './peak.ts';
import type { RejectedReason } from './rejected-lines.ts';
import { createRejectedLines } from './rejected-lines.ts';
import type { TallyResult } from './tally.ts';
import { createTally } from './tally.ts';

export interface SimulationOptions {
  readonly lanes: readonly Lane[];
  readonly reader: AccessReader;
  readonly openCounters: (clock: Clock, maxKeys: number) => SimulatedCounters;
  /** The most clients that each lane keeps counters of at once. */
  readonly maxKeys: number;
}

export interface LaneResult extends TallyResult {
  readonly lane: Lane;
  /** `undefined` for several policies. */
  readonly peak: Peak | undefined;
  /** Counters that had to make room while they still counted: more passed than should have. */
  readonly evictedLive: number;
}

/** What came of a log so far. */
export interface SimulationResult {
  readonly requests: number;
  /** Requests that were earlier than one before them, and by how many milliseconds at most. */
  readonly late: { readonly count: number; readonly mostMs: number };
  /** Milliseconds since the epoch; `undefined`: no request. */
  readonly span: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly rejected: readonly RejectedReason[];
  readonly lanes: readonly LaneResult[];
}

export interface Simulation {
  /** @throws {CommandError} the log lacks a field. */
  add(line: Line, call: Call): Promise<void>;
  requests(): number;
  rejected(): number;
  result(): SimulationResult;
}

/** Asks every lane for each request of a log, at the time of the request. */
export function createSimulation(options: SimulationOptions): Simulation {
  const clock = createLogClock();
  const rejected = createRejectedLines();
  const runs = options.lanes.map((lane) => createRun(lane, clock, options));
  let requests = 0;
  return {
    async add(line, call) {
      const read = options.reader.read(line);
      if (read === undefined) return;
      if ('reason' in read) {
        rejected.add(line.line, read.reason);
        return;
      }
      requests += 1;
      clock.moveTo(read.atMs);
      for (const run of runs) await run.ask(read, call);
    },
    requests: () => requests,
    rejected: rejected.total,
    result: () => ({
      requests,
      late: clock.late(),
      span: clock.span(),
      rejected: rejected.reasons(),
      lanes: runs.map((run) => run.result()),
    }),
  };
}

function createRun(lane: Lane, clock: Clock, { openCounters, maxKeys }: SimulationOptions) {
  const counters = openCounters(clock, maxKeys * lane.policies.length);
  const tally = createTally(maxKeys);
  const [first, ...others] = lane.policies;
  const watch =
    first === undefined || others.length > 0 ? undefined : createPeakWatch(first.windowMs, maxKeys);
  return {
    async ask(access: Access, call: Call): Promise<void> {
      watch?.add(clock.now(), access.client, access.cost);
      tally.count(access.client, await decide(counters, lane, access, call));
    },
    result: (): LaneResult => ({
      lane,
      ...tally.result(),
      peak: watch?.peak(),
      evictedLive: counters.stats().evictedLive,
    }),
  };
}
