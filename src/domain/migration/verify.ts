import type { Call } from '../../ports/call.ts';
import type { Comparisons } from '../../ports/comparisons.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { Comparison } from './compare.ts';
import { compareCopy } from './compare.ts';
import type { CopiedSet } from './copied-set.ts';
import type { PageResult, PageWork } from './job-page.ts';
import { compareAll } from './shadow-reads.ts';

interface VerifyDeps<Value> {
  readonly set: CopiedSet<Value>;
  readonly outbox: Pick<Outbox, 'mark' | 'depth'>;
  readonly comparisons: Pick<Comparisons, 'report'>;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly elapsedMs: () => number;
}

/** Keys that were compared, and where to go on. */
interface Compared {
  readonly comparisons: readonly Comparison[];
  readonly cursor: string | undefined;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;
const LOOKS = 6;

/**
 * Compares the next keys of a part with their copies, and reports those that still differ after the copies had time to follow. The
 * side `copy` finds what the truth does not have.
 */
export async function verifyPage<Value>(
  deps: VerifyDeps<Value>,
  work: PageWork,
  call: Call,
): Promise<PageResult> {
  const { comparisons, cursor } = await comparePage(deps.set, work, call);
  const settled = await lookAgain(deps, comparisons, call);
  const wrong = settled.flatMap(({ class: name, ...comparison }) =>
    name === 'match' ? [] : [{ ...comparison, class: name, foundBy: work.jobId }],
  );
  if (wrong.length > 0) await deps.comparisons.report(deps.set.dataSet, wrong, call);
  return { cursor, done: comparisons.length, counts: countClasses(settled) };
}

/** Compares as {@link verifyPage} does, and marks what differs so that the relay writes it anew. */
export async function repairPage<Value>(
  deps: VerifyDeps<Value>,
  work: PageWork,
  call: Call,
): Promise<PageResult> {
  const { comparisons, cursor } = await comparePage(deps.set, work, call);
  const settled = await lookAgain(deps, comparisons, call);
  const wrong = settled.filter((comparison) => comparison.class !== 'match');
  // Of what the truth never had any version does: the relay looks at what is stored.
  const marks = wrong.map(({ key, truthVersion }) => ({ key, version: truthVersion ?? 1 }));
  if (marks.length > 0) await deps.outbox.mark(deps.set.dataSet, marks, call);
  return { cursor, done: comparisons.length, counts: { marked: marks.length, ...countClasses(settled) } };
}

function comparePage<Value>(set: CopiedSet<Value>, work: PageWork, call: Call): Promise<Compared> {
  return work.part.side === 'truth' ? compareTruth(set, work, call) : compareExtras(set, work, call);
}

async function compareTruth<Value>(
  set: CopiedSet<Value>,
  { part, cursor, limit }: PageWork,
  call: Call,
): Promise<Compared> {
  const range = cursor === undefined ? part.range : { ...part.range, after: cursor };
  const truths = await set.scanTruth(range, limit, call);
  const copies = await set.readCopy(
    truths.map(({ key }) => key),
    call,
  );
  const comparisons = truths.map((truth, index) =>
    compareCopy(set, truth.key, truth, copies[index] ?? { outcome: 'miss' }),
  );
  return { comparisons, cursor: truths.length < limit ? undefined : truths.at(-1)?.key };
}

/** Copies of keys that the truth has were compared by the other side; what is left is what it has not. */
async function compareExtras<Value>(
  set: CopiedSet<Value>,
  { cursor, limit }: PageWork,
  call: Call,
): Promise<Compared> {
  const { entries, next } = await set.scanCopy(cursor, limit, call);
  const keys = entries.filter(({ state }) => state !== 'tombstone').map(({ key }) => key);
  const known = new Set((await set.current(keys, call)).map(({ key }) => key));
  const extras = keys.filter((key) => !known.has(key));
  return { comparisons: await compareAll(set, extras, call), cursor: next };
}

/**
 * Compares again, after growing pauses, what differs: a copy may be about to follow a write. A difference is final when every mark
 * that was there at the first look is gone and the truth has not changed since.
 */
async function lookAgain<Value>(
  { set, outbox, pause, elapsedMs }: VerifyDeps<Value>,
  first: readonly Comparison[],
  call: Call,
): Promise<readonly Comparison[]> {
  const begun = elapsedMs();
  const results = new Map(first.map((comparison) => [comparison.key, comparison]));
  let suspects = first.filter((result) => result.class !== 'match');
  for (let look = 0; look < LOOKS && suspects.length > 0; look += 1) {
    await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** look), call.signal);
    const { oldestAgeMs } = await outbox.depth(set.dataSet, call);
    const hasFollowed = oldestAgeMs < elapsedMs() - begun;
    const keys = suspects.map(({ key }) => key);
    const again = await compareAll(set, keys, call);
    for (const result of again) results.set(result.key, result);
    suspects = again.filter(
      (result, index) =>
        result.class !== 'match' && !(hasFollowed && result.truthVersion === suspects[index]?.truthVersion),
    );
  }
  return [...results.values()];
}

function countClasses(comparisons: readonly Comparison[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { class: name } of comparisons) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
