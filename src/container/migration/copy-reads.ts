import { createBreaker } from '../../adapters/guard/breaker.ts';
import { createBulkhead } from '../../adapters/guard/bulkhead.ts';
import { createCopyGuard } from '../../adapters/migration/copy-guard.ts';
import type { CopyReader, ReadOutcome } from '../../adapters/migration/copy-reader.ts';
import { createCopyReader } from '../../adapters/migration/copy-reader.ts';
import type { ListReader } from '../../adapters/migration/list-reader.ts';
import { createListReader } from '../../adapters/migration/list-reader.ts';
import type { ParkedKeys } from '../../adapters/migration/parked-keys.ts';
import { createParkedKeys } from '../../adapters/migration/parked-keys.ts';
import type { PhaseWatch } from '../../adapters/migration/phase-watch.ts';
import type { RecentWrites } from '../../adapters/migration/recent-writes.ts';
import { createRecentWrites } from '../../adapters/migration/recent-writes.ts';
import type { Config } from '../../config.ts';
import type { CopiedSet } from '../../domain/migration/copied-set.ts';
import type { CopyHealth } from '../../domain/migration/copy-health.ts';
import { createCopyHealth } from '../../domain/migration/copy-health.ts';
import type { ShadowReads } from '../../domain/migration/shadow-reads.ts';
import { createShadowReads } from '../../domain/migration/shadow-reads.ts';
import type { Call } from '../../ports/call.ts';
import type { MonotonicClock } from '../../ports/clock.ts';
import type { Comparisons } from '../../ports/comparisons.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

/** What a data set's reads and the looks after them share on this instance. */
export interface CopyReads<Value> {
  readonly read: CopyReader<Value>;
  readonly readList: ListReader;
  readonly recent: RecentWrites;
  readonly parked: ParkedKeys;
  readonly health: CopyHealth;
  readonly shadow: ShadowReads;
}

export interface CopyReadsDeps<Value> {
  readonly set: CopiedSet<Value>;
  readonly readTruth: (keys: readonly string[], call: Call) => Promise<readonly Value[]>;
  readonly keyOf: (value: Value) => string;
  readonly isWhole: boolean;
  readonly config: Config['migration'];
  readonly phaseWatch: PhaseWatch;
  readonly outbox: Pick<Outbox, 'parked'>;
  readonly comparisons: Comparisons;
  readonly monotonicClock: MonotonicClock;
  readonly telemetry: Telemetry;
}

/** After so many failures in a row the copy is not asked for so long. */
const BREAKER = { failures: 5, openMs: 1000 };
/** Longer than the copies ever lag when all is well. */
const RECENT = { keptMs: 30_000, maxKeys: 10_000 };

export function createCopyReads<Value>(deps: CopyReadsDeps<Value>): CopyReads<Value> {
  const { set, config, monotonicClock, outbox, telemetry } = deps;
  const { dataSet } = set;
  const elapsedMs = () => monotonicClock.elapsedMs();
  const phase = () => deps.phaseWatch.current(dataSet);
  const recent = createRecentWrites({ elapsedMs, ...RECENT });
  const health = createCopyHealth({ elapsedMs });
  const parked = createParkedKeys(dataSet, outbox);
  const shadow = createShadow(deps);
  const breaker = createBreaker({ elapsedMs, ...BREAKER });
  const bulkhead = createBulkhead({ name: 'the catalogue', maxConcurrent: config.fallbackMaxConcurrent, maxQueued: 0 });
  const common = {
    dataSet,
    phase,
    health,
    elapsedMs,
    guard: createCopyGuard({ breaker, timeoutMs: config.copyReadTimeoutMs }),
    fallback: <Result>(run: () => Promise<Result>) => bulkhead.run(run),
  };
  const onRead = (key: string, outcome: ReadOutcome): void => {
    telemetry.readCopy(dataSet, outcome);
    shadow.offer(key, outcome === 'undecodable');
  };
  const onMissed = (key: string): void => {
    health.missed();
    shadow.offer(key, true);
  };
  const read = createCopyReader<Value>({
    ...common,
    readCopy: set.readCopy,
    readTruth: deps.readTruth,
    keyOf: deps.keyOf,
    isWhole: deps.isWhole,
    recent,
    isParked: (key) => parked.has(key),
    onRead,
    onMissed,
  });
  return { read, readList: createListReader(common), recent, parked, health, shadow };
}

function createShadow<Value>(deps: CopyReadsDeps<Value>): ShadowReads {
  const { set, config, phaseWatch, comparisons, telemetry, monotonicClock } = deps;
  return createShadowReads({
    set,
    comparisons,
    phase: () => phaseWatch.current(set.dataSet),
    percent: config.shadowReadPercent,
    random: Math.random,
    elapsedMs: () => monotonicClock.elapsedMs(),
    graceMs: GRACE_MS,
    onCompared: (name) => telemetry.comparedCopy(set.dataSet, name),
  });
}

/** Well past the lag of a relay that is not behind. */
const GRACE_MS = 1000;
