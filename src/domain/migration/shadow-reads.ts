import type { Call } from '../../ports/call.ts';
import type { ComparisonClass, Comparisons, Difference } from '../../ports/comparisons.ts';
import type { PhaseRecord } from '../../ports/phase-store.ts';
import type { Comparison } from './compare.ts';
import { compareCopy } from './compare.ts';
import type { CopiedSet } from './copied-set.ts';

/**
 * Comparisons of truth and copy beside the requests: offered when a read was answered, made later, never waited for. What differs is
 * looked at again after the copy had time to follow; only what still differs then counts.
 */
export interface ShadowReads {
  /** A key was read. `isSuspect`: the copy should have had it and had not, so it is compared for sure. */
  offer(key: string, isSuspect: boolean): void;
  /** Compares what was offered and is due; answers how many comparisons it made. */
  round(call: Call): Promise<number>;
  /** Tells the store what was found since the last time. */
  flush(call: Call): Promise<void>;
  /** Offers that were passed over because too many waited. */
  dropped(): number;
}

export interface ShadowReadsDeps<Value> {
  readonly set: CopiedSet<Value>;
  readonly comparisons: Pick<Comparisons, 'add' | 'report'>;
  readonly phase: () => Pick<PhaseRecord, 'phase' | 'epoch'>;
  /** Share of reads that are compared, 0 to 100. */
  readonly percent: number;
  /** 0 up to but not 1. */
  readonly random: () => number;
  readonly elapsedMs: () => number;
  /** How long a copy may take to follow. Milliseconds. */
  readonly graceMs: number;
  readonly onCompared: (name: ComparisonClass) => void;
}

const MOST_WAITING = 1000;
const BATCH = 50;
/** A copy that is behind is looked at so often before it counts as wrong. */
const LOOKS = 3;

interface Waiting {
  readonly key: string;
  readonly dueAt: number;
  readonly looks: number;
}

type Found = Omit<Difference, 'firstSeen' | 'lastSeen' | 'times'>;

export function createShadowReads<Value>(deps: ShadowReadsDeps<Value>): ShadowReads {
  const waiting = new Map<string, Waiting>();
  const findings = createFindings(deps);
  let dropped = 0;

  const wait = (next: Waiting): void => {
    if (waiting.has(next.key)) return;
    if (waiting.size < MOST_WAITING) waiting.set(next.key, next);
    else dropped += 1;
  };
  const takeDue = (): readonly Waiting[] => {
    const now = deps.elapsedMs();
    const due: Waiting[] = [];
    for (const next of waiting.values()) {
      if (next.dueAt <= now) due.push(next);
      if (due.length === BATCH) break;
    }
    for (const { key } of due) waiting.delete(key);
    return due;
  };

  return {
    offer(key, isSuspect) {
      if (deps.phase().phase === 'off') return;
      if (!isSuspect && deps.random() * 100 >= deps.percent) return;
      wait({ key, dueAt: deps.elapsedMs(), looks: 0 });
    },
    async round(call) {
      const due = takeDue();
      if (due.length === 0) return 0;
      const results = await compareAll(
        deps.set,
        due.map(({ key }) => key),
        call,
      );
      for (const [index, { key, looks }] of due.entries()) {
        const result = results[index];
        if (result === undefined) continue;
        const again = needsAnotherLook(result) && looks + 1 < LOOKS;
        if (again) wait({ key, looks: looks + 1, dueAt: deps.elapsedMs() + deps.graceMs });
        else findings.add(result);
      }
      return due.length;
    },
    flush: (call) => findings.flush(call),
    dropped: () => dropped,
  };
}

/** A fault of the projector can not heal by itself; everything else may be a copy that is about to follow. */
function needsAnotherLook(comparison: Comparison): boolean {
  return comparison.class !== 'match' && comparison.class !== 'same-version-different';
}

/** Compares keys as they are now; the truth is read first, so that a copy that is newer than it was read is told apart on the next look. */
export async function compareAll<Value>(
  set: CopiedSet<Value>,
  keys: readonly string[],
  call: Call,
): Promise<readonly Comparison[]> {
  const truths = new Map((await set.current(keys, call)).map((truth) => [truth.key, truth]));
  const copies = await set.readCopy(keys, call);
  return keys.map((key, index) =>
    compareCopy(set, key, truths.get(key), copies[index] ?? { outcome: 'miss' }),
  );
}

function createFindings<Value>({ set, comparisons, phase, onCompared }: ShadowReadsDeps<Value>) {
  const tallies = new Map<number, Partial<Record<ComparisonClass, number>>>();
  let differences: Found[] = [];
  return {
    add({ class: name, ...comparison }: Comparison): void {
      const { epoch } = phase();
      const tally = tallies.get(epoch) ?? {};
      tally[name] = (tally[name] ?? 0) + 1;
      tallies.set(epoch, tally);
      if (name !== 'match') differences.push({ ...comparison, class: name, foundBy: 'shadow' });
      onCompared(name);
    },
    async flush(call: Call): Promise<void> {
      for (const [epoch, tally] of tallies) {
        // Taken first: what is counted meanwhile begins a new tally. A tally that can not be told is lost, which only delays a gate.
        tallies.delete(epoch);
        await comparisons.add(set.dataSet, epoch, tally, call);
      }
      if (differences.length === 0) return;
      const found = differences;
      differences = [];
      await comparisons.report(set.dataSet, found, call);
    },
  };
}
