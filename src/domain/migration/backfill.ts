import type { Call } from '../../ports/call.ts';
import type { Outbox } from '../../ports/outbox.ts';
import { DomainError } from '../errors.ts';
import { mapAtOnce } from '../map-at-once.ts';
import type { CopiedSet, TruthState } from './copied-set.ts';
import type { PageResult, PageWork } from './job-page.ts';

interface BackfillDeps<Value> {
  readonly set: CopiedSet<Value>;
  readonly outbox: Pick<Outbox, 'mark'>;
}

type Written = 'applied' | 'duplicate' | 'superseded' | 'skipped' | 'failed';

/** Copies the next keys of a range, deleted ones as tombstones, each only when it is newer than what is there. */
export async function backfillPage<Value>(
  deps: BackfillDeps<Value>,
  { part, cursor, limit, concurrency }: PageWork,
  call: Call,
): Promise<PageResult> {
  const range = cursor === undefined ? part.range : { ...part.range, after: cursor };
  const states = await deps.set.scanTruth(range, limit, call);
  const outcomes = await mapAtOnce(concurrency, states, (state) => copyOne(deps, state, call));
  const failure = outcomes.find((outcome) => outcome instanceof Error);
  if (failure !== undefined) throw failure;
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1;
  const last = states.length < limit ? undefined : states.at(-1)?.key;
  return { cursor: last, done: states.length, counts };
}

/** A fault of the store ends the page; one of the key alone is left to the relay, which parks it with its reason. */
async function copyOne<Value>(
  { set, outbox }: BackfillDeps<Value>,
  state: TruthState<Value>,
  call: Call,
): Promise<Written | Error> {
  try {
    return await set.writeCopy(state, { refresh: false, origin: 'backfill' }, call);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'value-too-large') return asError(error);
    await outbox.mark(set.dataSet, [{ key: state.key, version: state.version }], call);
    return 'failed';
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
