import type { Call } from '../../ports/call.ts';
import type { Mark, Outbox } from '../../ports/outbox.ts';
import { DomainError } from '../errors.ts';
import { mapAtOnce } from '../map-at-once.ts';
import type { CopiedSet, TruthState } from './copied-set.ts';

export interface RelayDeps<Value> {
  readonly outbox: Pick<Outbox, 'claim' | 'settle' | 'putOff' | 'park'>;
  readonly set: CopiedSet<Value>;
  /** Writes to the copy at once. */
  readonly concurrency: number;
  /** Marks taken in a round. */
  readonly batch: number;
  /** Called when a round took as many marks as it may: there may be more, for another relay to take meanwhile. */
  readonly onFull?: () => void;
}

/**
 * Far longer than a batch takes when all is well. The marks of a relay that dies wait so long; a batch that takes longer is begun by
 * another relay as well, which does no harm.
 */
const LEASE_MS = 10_000;
/** A key that failed so often for reasons of its own is parked: somebody has to look at it. */
const MOST_ATTEMPTS = 8;
const PUT_OFF_TIMEOUT_MS = 2000;
/** When the store is back the marks must not wait long, so an outage is asked after often. */
const OUTAGE_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

/** The store as a whole does not work: that says nothing about a key. */
const OUTAGES: ReadonlySet<string> = new Set([
  'store-unavailable',
  'store-timeout',
  'store-throttled',
  'store-refused',
]);

type Result = { readonly mark: Mark; readonly error?: unknown };

/**
 * Brings the copies up to what the truth says now, for one batch of marks; answers how many marks it took.
 *
 * Marks are claimed, the *current* states are read and written when newer, and a mark goes only if its key was not marked again
 * meanwhile. So a crash anywhere and any repeat are harmless, and relays may run side by side.
 */
export async function relayCopies<Value>(deps: RelayDeps<Value>, call: Call): Promise<number> {
  const { outbox, set } = deps;
  const marks = await outbox.claim(set.dataSet, deps.batch, LEASE_MS, call);
  if (marks.length === 0) return 0;
  if (marks.length === deps.batch) deps.onFull?.();
  const results = await applyAll(deps, marks, call);
  const done = results.filter((result) => result.error === undefined).map(({ mark }) => mark);
  if (done.length > 0) await outbox.settle(set.dataSet, done, call);
  const failed = results.filter((result) => result.error !== undefined);
  if (failed.length === 0) return marks.length;
  await giveBack(deps, failed, call.signal.aborted);
  throw failed[0]?.error;
}

async function applyAll<Value>(
  { set, concurrency }: RelayDeps<Value>,
  marks: readonly Mark[],
  call: Call,
): Promise<readonly Result[]> {
  try {
    const keys = marks.map(({ key }) => key);
    const states = new Map((await set.current(keys, call)).map((state) => [state.key, state]));
    // After an outage nothing new is begun: the others would wait for the same time-outs.
    let outage: unknown;
    return await mapAtOnce(concurrency, marks, async (mark): Promise<Result> => {
      if (outage !== undefined) return { mark, error: outage };
      try {
        await apply(set, mark, states.get(mark.key), call);
        return { mark };
      } catch (error) {
        if (call.signal.aborted || isOutage(error)) outage = error;
        return { mark, error };
      }
    });
  } catch (error) {
    return marks.map((mark) => ({ mark, error }));
  }
}

async function apply<Value>(
  set: CopiedSet<Value>,
  mark: Mark,
  state: TruthState<Value> | undefined,
  call: Call,
): Promise<void> {
  if (state === undefined) {
    await set.discardCopy(mark.key, call);
    return;
  }
  const written = await set.writeCopy(state, { refresh: mark.refresh, origin: 'relay' }, call);
  if (written === 'superseded') await demandOurs(set, mark.key, call);
}

/** The copy has a version that the truth never gave: somebody else wrote it, or the truth was set back. */
class ForeignCopy extends Error {}

/**
 * A copy that is newer than what was read may come of a later write. It is foreign if it is still newer than what the truth says
 * *after* it was read: no write of ours lowers it, so its key is parked, and read from the truth.
 */
async function demandOurs<Value>(set: CopiedSet<Value>, key: string, call: Call): Promise<void> {
  const [copy] = await set.readCopy([key], call);
  const [truth] = await set.current([key], call);
  const version = copy !== undefined && 'version' in copy ? (copy.version ?? 0) : 0;
  if (truth === undefined || version <= truth.version) return;
  throw new ForeignCopy(
    `the copy has version ${version}, which the truth never gave (it is at ${truth.version}): take the copy's item away by hand, then repair`,
  );
}

// On time of its own: when the call was aborted the marks must still be given back, or nobody could take them for a lease.
async function giveBack<Value>(
  { outbox, set }: RelayDeps<Value>,
  failed: readonly Result[],
  wasAborted: boolean,
): Promise<void> {
  const call = { signal: AbortSignal.timeout(PUT_OFF_TIMEOUT_MS) };
  const fate = ({ mark, error }: Result) => (wasAborted ? OUTAGE_DELAY_MS : fateOf(mark, error));
  const groups = Map.groupBy(failed, (result) => `${fate(result)}\n${reasonOf(result.error)}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const marks = group.map(({ mark }) => mark);
    const reason = reasonOf(first.error);
    const after = fate(first);
    const giving =
      after === 'park'
        ? outbox.park(set.dataSet, marks, reason, call)
        : outbox.putOff(set.dataSet, marks, after, reason, call);
    // When the outbox fails as well, the leases end by themselves: the first error is the one worth raising.
    await giving.catch(() => undefined);
  }
}

/** What becomes of a mark that failed: parked, or tried again after so many milliseconds. */
function fateOf(mark: Mark, error: unknown): 'park' | number {
  if (isOutage(error)) return OUTAGE_DELAY_MS;
  if (error instanceof ForeignCopy) return 'park';
  if (error instanceof DomainError && error.code === 'value-too-large') return 'park';
  if (mark.attempts + 1 >= MOST_ATTEMPTS) return 'park';
  return Math.min(LONGEST_DELAY_MS, 100 * 2 ** mark.attempts);
}

function isOutage(error: unknown): boolean {
  return error instanceof DomainError && OUTAGES.has(error.code);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
