import type { Call } from '../../ports/call.ts';
import type { Comparisons, Tally } from '../../ports/comparisons.ts';
import type { Outbox, OutboxDepth } from '../../ports/outbox.ts';
import type { Migrated, PhaseRecord, PhaseStore } from '../../ports/phase-store.ts';
import type { CopyHealth, HealthReport } from './copy-health.ts';
import { comparedOf, mismatchesOf } from './tallies.ts';
import type { MigrationBounds } from './thresholds.ts';
import { lowerShare } from './thresholds.ts';

export interface WatchdogDeps {
  readonly phases: Pick<PhaseStore, 'read' | 'change'>;
  readonly outbox: Pick<Outbox, 'depth'>;
  readonly comparisons: Pick<Comparisons, 'tally'>;
  readonly bounds: MigrationBounds;
  /** Of reads of the copy by this instance. */
  readonly health: Pick<CopyHealth, 'recent' | 'forget'>;
  readonly elapsedMs: () => number;
  readonly onLowered: (dataSet: Migrated, readPercent: number, reason: string) => void;
}

/** What a look found; `severe`: no share of reads is safe. */
export interface WatchFault {
  readonly reason: string;
  readonly severe: boolean;
}

/** Between two steps, so that the first one can show its effect before the next. */
const COOL_DOWN_MS = 5000;
const MIN_READS = 20;
const MAX_ERROR_RATE = 0.05;
/** Of comparisons, once there were {@link MIN_COMPARED}. */
const MAX_MISMATCH_RATE = 0.001;
const MIN_COMPARED = 100;

/**
 * Lowers the share of reads from the copy when something is wrong with it, one step at a time, for all instances: the change is made
 * in the control record. Nothing raises it again but a person, whose step is judged by the reads that come after it.
 */
export function createWatchdog(dataSet: Migrated, deps: WatchdogDeps) {
  let seen = { epoch: -1, at: 0 };
  return async function watch(call: Call): Promise<void> {
    const record = await deps.phases.read(dataSet, call);
    if (record.epoch !== seen.epoch) {
      // Of two changes between looks the first may have been a person's, and only the last is seen.
      const isNext = record.epoch === seen.epoch + 1;
      seen = { epoch: record.epoch, at: deps.elapsedMs() };
      if (!isNext || !wasLowered(record)) deps.health.forget();
    }
    if (record.phase !== 'read-fallback' || record.readPercent === 0) return;
    const [tally, depth] = await Promise.all([
      deps.comparisons.tally(dataSet, record.epoch, call),
      deps.outbox.depth(dataSet, call),
    ]);
    const fault = findFault({ tally, depth, health: deps.health.recent() }, deps.bounds);
    if (fault === undefined) return;
    const isCooling = wasLowered(record) && deps.elapsedMs() - seen.at < COOL_DOWN_MS;
    if (isCooling && !fault.severe) return;
    await lower(dataSet, deps, record, fault, call);
  };
}

export const WATCHDOG = 'watchdog';

function wasLowered({ changedBy }: PhaseRecord): boolean {
  return changedBy === WATCHDOG;
}

async function lower(
  dataSet: Migrated,
  { phases, onLowered }: WatchdogDeps,
  { phase, readPercent, epoch }: PhaseRecord,
  { reason, severe }: WatchFault,
  call: Call,
): Promise<void> {
  const lowered = severe ? 0 : lowerShare(readPercent);
  const change = { phase, readPercent: lowered, changedBy: WATCHDOG, reason };
  // Another instance that saw the same came first: then it is lowered already.
  const { outcome } = await phases.change(dataSet, epoch, change, call);
  if (outcome === 'changed') onLowered(dataSet, lowered, reason);
}

export interface Watched {
  readonly tally: Tally;
  readonly depth: OutboxDepth;
  readonly health: HealthReport;
}

/** The worst of what is wrong, if anything is. */
export function findFault(
  { tally, depth, health }: Watched,
  bounds: MigrationBounds,
): WatchFault | undefined {
  const different = tally['same-version-different'] ?? 0;
  if (different > 0) {
    return { severe: true, reason: `${different} copies differ from the catalogue at the same version` };
  }
  const reason = faultOfCopies(tally) ?? faultOfOutbox(depth, bounds) ?? faultOfReads(health, bounds);
  return reason === undefined ? undefined : { reason, severe: false };
}

function faultOfCopies(tally: Tally): string | undefined {
  const compared = comparedOf(tally);
  const wrong = mismatchesOf(tally);
  if (compared < MIN_COMPARED || wrong / compared <= MAX_MISMATCH_RATE) return undefined;
  return `${wrong} of ${compared} compared copies are wrong`;
}

function faultOfOutbox(
  { oldestAgeMs, parked }: OutboxDepth,
  { maxLagMs }: MigrationBounds,
): string | undefined {
  if (parked > 0) return `${parked} keys are parked: their copies can not be made`;
  if (oldestAgeMs <= maxLagMs) return undefined;
  return `the copies are ${Math.round(oldestAgeMs)} ms behind, more than ${maxLagMs} ms`;
}

function faultOfReads(health: HealthReport, { copyReadTimeoutMs }: MigrationBounds): string | undefined {
  if (health.reads < MIN_READS) return undefined;
  if (health.errorRate > MAX_ERROR_RATE) {
    return `${Math.round(health.errorRate * 100)} % of reads of the copy failed`;
  }
  const bound = 0.8 * copyReadTimeoutMs;
  if (health.p99Ms <= bound) return undefined;
  return `the slowest 1 % of reads of the copy take ${Math.round(health.p99Ms)} ms, more than ${Math.round(bound)} ms`;
}
