import type { Call } from '../ports/call.ts';
import type { AbortWaiter } from './abort-waiters.ts';
import { enterAbort, leaveAbort } from './abort-waiters.ts';

export interface TickBatchOptions<Item, Result> {
  /** The most items of a batch: what is over goes in further ones, at once. */
  readonly most: number;
  /** Does what the items ask, one after the other; results in their order. The call is aborted once every caller has gone. */
  readonly run: (items: readonly Item[], call: Call) => Promise<readonly Result[]>;
  /** What one caller gets of an error of the batch. */
  readonly toError: (error: unknown) => unknown;
}

/** Resolves with the item's own result, or rejects with the signal's reason when the call is aborted first. */
export type InTickBatch<Item, Result> = (item: Item, call: Call) => Promise<Result>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly signal: AbortSignal;
  readonly abort: AbortWaiter;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  /** Hears the reason when the caller goes away after the batch has left. */
  gone: (reason: unknown) => void;
}

/**
 * Hands a store together what is asked of it in one turn of the event loop. Nobody waits for a clock or for an earlier batch: a batch
 * leaves as soon as all that the turn had to say is said, which for a lone item is at once. A turn has what came on all connections
 * that had something, where a tick has that of one.
 *
 * Items of different callers share a batch, so a caller who goes away does not stop it. An item whose caller has gone by the time the
 * batch leaves stays behind.
 */
export function createTickBatches<Item, Result>(
  options: TickBatchOptions<Item, Result>,
): InTickBatch<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];

  function leave(): void {
    const all = waiting.filter(({ signal }) => !signal.aborted);
    waiting = [];
    for (let from = 0; from < all.length; from += options.most)
      void runBatch(options, all.slice(from, from + options.most));
  }

  return (item, { signal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = enterAbort(signal, (reason) => {
        reject(reason);
        asked.gone(reason);
      });
      const asked: Waiting<Item, Result> = { item, signal, abort, resolve, reject, gone: ignore };
      if (waiting.push(asked) === 1) setImmediate(leave);
    });
}

async function runBatch<Item, Result>(
  { run, toError }: TickBatchOptions<Item, Result>,
  batch: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const items = batch.map(({ item }) => item);
    const results = await run(items, { signal: whenAllHaveGone(batch) });
    for (const [index, { abort, resolve }] of batch.entries()) {
      leaveAbort(abort);
      // The run promised a result for each item.
      resolve(results[index] as Result);
    }
  } catch (error) {
    for (const { abort, reject } of batch) {
      leaveAbort(abort);
      reject(toError(error));
    }
  }
}

function ignore(): undefined {
  return undefined;
}

function whenAllHaveGone<Item, Result>(batch: readonly Waiting<Item, Result>[]): AbortSignal {
  const controller = new AbortController();
  let left = batch.length;
  const gone = (reason: unknown) => {
    left -= 1;
    if (left === 0) controller.abort(reason);
  };
  for (const waiting of batch) waiting.gone = gone;
  return controller.signal;
}
