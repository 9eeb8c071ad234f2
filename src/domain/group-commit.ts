import type { Call } from '../ports/call.ts';

/** Hands many small requests to a store as few large ones. */
export interface GroupCommit<Item, Result> {
  /** Resolves with the item's own result once its batch is durable; rejects when the batch fails. */
  submit(item: Item): Promise<Result>;
}

export interface GroupCommitOptions<Item, Result> {
  /** Writes a batch; results are in the order of the items. */
  readonly commit: (items: readonly Item[], call: Call) => Promise<readonly Result[]>;
  /** The largest batch. */
  readonly maxBatch: number;
  /** A batch that takes longer fails, and with it its items. Milliseconds. */
  readonly timeoutMs: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit without timers: a batch is what came in while the batch before was being written. A lone item waits for
 * nobody, and the busier it gets the larger the batches grow.
 *
 * Items of different callers share a batch, so a caller that goes away does not stop it: the batch has its own deadline.
 */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): GroupCommit<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let isWriting = false;

  async function drain(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) await writeBatch(options, waiting.splice(0, options.maxBatch));
    isWriting = false;
  }

  return {
    submit(item) {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (!isWriting) void drain();
      });
    },
  };
}

async function writeBatch<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
  batch: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const call = { signal: AbortSignal.timeout(options.timeoutMs) };
    const results = await options.commit(
      batch.map(({ item }) => item),
      call,
    );
    // The commit promised a result for each item, in order.
    for (const [index, result] of results.entries()) batch[index]?.resolve(result);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
