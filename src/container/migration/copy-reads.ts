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
import { DomainError } from '../../domain/errors.ts';
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

/** What the reads of one data set differ in. */
export interface CopyReadsOptions<Value> {
  readonly set: CopiedSet<Value>;
  readonly readTruth: (keys: readonly string[], call: Call) => Promise<readonly Value[]>;
  readonly keyOf: (value: Value) => string;
  readonly isWhole: boolean;
}

type CopyReadsBounds = Pick<
  Config['migration'],
  'copyReadTimeoutMs' | 'fallbackMaxConcurrent' | 'shadowReadPercent'
>;

/** Handed over as it is: to spread what the container has would build all of it. */
export interface CopyReadsParts {
  readonly config: { readonly migration: CopyReadsBounds };
  readonly phaseWatch: Pick<PhaseWatch, 'current'>;
  readonly outbox: Pick<Outbox, 'parked'>;
  readonly comparisons: Pick<Comparisons, 'add' | 'report'>;
  readonly monotonicClock: MonotonicClock;
  readonly telemetry: Pick<Telemetry, 'readCopy' | 'comparedCopy'>;
}

/** After so many failures in a row the copy is not asked for so long. What no store raised says nothing about it: the caller went away. */
const BREAKER = {
  store: 'the hot store',
  failures: 5,
  openMs: 1000,
  judge: (error: unknown) => (error instanceof DomainError ? 'failure' : 'neither'),
} as const;
/** Longer than the copies ever lag when all is well. */
const RECENT = { keptMs: 30_000, maxKeys: 10_000 };

export function createCopyReads<Value>(
  parts: CopyReadsParts,
  { set, readTruth, keyOf, isWhole }: CopyReadsOptions<Value>,
): CopyReads<Value> {
  const { monotonicClock, outbox, telemetry, phaseWatch } = parts;
  const { copyReadTimeoutMs: timeoutMs, fallbackMaxConcurrent: maxConcurrent } = parts.config.migration;
  const { dataSet } = set;
  const elapsedMs = () => monotonicClock.elapsedMs();
  const phase = () => phaseWatch.current(dataSet);
  const recent = createRecentWrites({ elapsedMs, ...RECENT });
  const health = createCopyHealth({ elapsedMs });
  const parked = createParkedKeys(dataSet, outbox);
  const shadow = createShadow(parts, set);
  const breaker = createBreaker({ clock: elapsedMs, ...BREAKER });
  const bulkhead = createBulkhead({ store: 'the catalogue', maxConcurrent });
  const common = {
    dataSet,
    phase,
    health,
    elapsedMs,
    guard: createCopyGuard({ breaker, timeoutMs }),
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
    readTruth,
    keyOf,
    isWhole,
    recent,
    isParked: (key) => parked.has(key),
    onRead,
    onMissed,
  });
  return { read, readList: createListReader(common), recent, parked, health, shadow };
}

function createShadow<Value>(parts: CopyReadsParts, set: CopiedSet<Value>): ShadowReads {
  const { config, phaseWatch, comparisons, telemetry, monotonicClock } = parts;
  return createShadowReads({
    set,
    comparisons,
    phase: () => phaseWatch.current(set.dataSet),
    percent: config.migration.shadowReadPercent,
    random: Math.random,
    elapsedMs: () => monotonicClock.elapsedMs(),
    graceMs: GRACE_MS,
    onCompared: (name) => telemetry.comparedCopy(set.dataSet, name),
  });
}

/** Well past the lag of a relay that is not behind. */
const GRACE_MS = 1000;
