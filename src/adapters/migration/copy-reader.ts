import type { CopyRead } from '../../domain/migration/copied-set.ts';
import type { CopyHealth } from '../../domain/migration/copy-health.ts';
import type { ReadPhase } from '../../domain/migration/read-rules.ts';
import { readsCopy } from '../../domain/migration/read-rules.ts';
import type { Call } from '../../ports/call.ts';
import type { Migrated } from '../../ports/phase-store.ts';
import type { RecentWrites } from './recent-writes.ts';

/** How a read of one key ended. */
export type ReadOutcome =
  | CopyRead<unknown>['outcome']
  | 'older-than-required'
  | 'quarantined'
  | 'error'
  | 'catalog';

export interface CopyReaderDeps<Value> {
  readonly dataSet: Migrated;
  readonly phase: () => ReadPhase;
  /** In the order asked. */
  readonly readCopy: (keys: readonly string[], call: Call) => Promise<readonly CopyRead<Value>[]>;
  /** Those that exist, each once. */
  readonly readTruth: (keys: readonly string[], call: Call) => Promise<readonly Value[]>;
  readonly keyOf: (value: Value) => string;
  /** Whether the copy holds every key, so that a miss means that there is none. */
  readonly isWhole: boolean;
  readonly recent: Pick<RecentWrites, 'leastVersion'>;
  /** Keys whose copy can not be made: it is not read. */
  readonly isParked: (key: string) => boolean;
  /** Bounds a read of the copy in time, and stops asking when it keeps failing. */
  readonly guard: <Result>(read: (call: Call) => Promise<Result>, call: Call) => Promise<Result>;
  /** Bounds how many reads at once are turned to the truth. @throws {StoreUnavailable} past that */
  readonly fallback: <Result>(read: () => Promise<Result>) => Promise<Result>;
  readonly health: CopyHealth;
  readonly elapsedMs: () => number;
  /** Hears how each key was read, for metrics and shadow reads. */
  readonly onRead: (key: string, outcome: ReadOutcome) => void;
  /** Hears of a key that the truth has and a whole copy has not. */
  readonly onMissed: (key: string) => void;
}

export type CopyReader<Value> = (keys: readonly string[], call: Call) => Promise<ReadonlyMap<string, Value>>;

/** What became of the keys that were to be read from the copy. */
interface Reading<Value> {
  readonly found: Map<string, Value>;
  /** Keys that the truth has to answer for, and why. */
  readonly unanswered: ReadonlyMap<string, ReadOutcome>;
}

/**
 * Reads keys from the copy or from the truth, as the phase says. What the copy can not answer for is asked of the truth: a miss,
 * something older than this instance's own writes, a fault; never a tombstone, which is an answer.
 */
export function createCopyReader<Value>(deps: CopyReaderDeps<Value>): CopyReader<Value> {
  return async (keys, call) => {
    call.signal.throwIfAborted();
    // Nobody was asked, so no store has answered.
    if (keys.length === 0) return new Map();
    const phase = deps.phase();
    const { copied = [], direct = [] } = Object.groupBy(new Set(keys), (key) => wayOf(deps, phase, key));
    const [reading, values] = await Promise.all([
      copied.length === 0 ? NOTHING : readCopies(deps, phase, copied, call),
      direct.length === 0 ? [] : deps.readTruth(direct, call),
    ]);
    const found = new Map<string, Value>(reading.found as Map<string, Value>);
    for (const value of values) found.set(deps.keyOf(value), value);
    for (const value of await askTruth(deps, reading.unanswered, call)) found.set(deps.keyOf(value), value);
    call.onSource?.(direct.length + reading.unanswered.size === 0 ? 'hot' : 'catalog');
    return found;
  };
}

const NOTHING = { found: new Map<string, never>(), unanswered: new Map<string, never>() };

async function askTruth<Value>(
  deps: CopyReaderDeps<Value>,
  unanswered: Reading<Value>['unanswered'],
  call: Call,
): Promise<readonly Value[]> {
  if (unanswered.size === 0) return [];
  const values = await deps.fallback(() => deps.readTruth([...unanswered.keys()], call));
  for (const key of values.map(deps.keyOf)) {
    if (deps.isWhole && unanswered.get(key) === 'miss') deps.onMissed(key);
  }
  return values;
}

function wayOf<Value>(deps: CopyReaderDeps<Value>, phase: ReadPhase, key: string): 'copied' | 'direct' {
  if (!readsCopy(phase, deps.dataSet, key)) {
    deps.onRead(key, 'catalog');
    return 'direct';
  }
  if (!deps.isParked(key)) return 'copied';
  deps.onRead(key, 'quarantined');
  return 'direct';
}

async function readCopies<Value>(
  deps: CopyReaderDeps<Value>,
  { phase }: ReadPhase,
  keys: readonly string[],
  call: Call,
): Promise<Reading<Value>> {
  const begun = deps.elapsedMs();
  const isFinal = phase === 'primary' && deps.isWhole;
  try {
    const reads = await deps.guard((bounded) => deps.readCopy(keys, bounded), call);
    deps.health.answered(deps.elapsedMs() - begun);
    return sortOut(deps, keys, reads, isFinal);
  } catch (error) {
    call.signal.throwIfAborted();
    deps.health.failed();
    for (const key of keys) deps.onRead(key, 'error');
    if (isFinal) throw error;
    return { found: new Map(), unanswered: new Map(keys.map((key) => [key, 'error'])) };
  }
}

function sortOut<Value>(
  deps: CopyReaderDeps<Value>,
  keys: readonly string[],
  reads: readonly CopyRead<Value>[],
  isFinal: boolean,
): Reading<Value> {
  const found = new Map<string, Value>();
  const unanswered = new Map<string, ReadOutcome>();
  for (const [index, key] of keys.entries()) {
    const read = reads[index] ?? { outcome: 'miss' };
    const outcome = outcomeOf(deps, key, read);
    deps.onRead(key, outcome);
    if (outcome === 'hit' && read.outcome === 'hit') found.set(key, read.value);
    else if (outcome !== 'tombstone' && !(outcome === 'miss' && isFinal)) unanswered.set(key, outcome);
  }
  return { found, unanswered };
}

function outcomeOf<Value>(
  { recent }: CopyReaderDeps<Value>,
  key: string,
  read: CopyRead<Value>,
): ReadOutcome {
  const least = recent.leastVersion(key);
  if (read.outcome !== 'hit' && read.outcome !== 'tombstone') {
    // Whatever was written here must show, were it only as a tombstone.
    return least > 0 && read.outcome === 'miss' ? 'older-than-required' : read.outcome;
  }
  return read.version < least ? 'older-than-required' : read.outcome;
}
