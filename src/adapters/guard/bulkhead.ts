import { StoreUnavailable } from '../../domain/errors.ts';

export interface BulkheadOptions {
  /** What is behind it, for errors. */
  readonly store: string;
  readonly maxConcurrent: number;
  /** Calls that may wait for a place, first come, first served. Default 0. */
  readonly maxQueued?: number;
}

export interface Bulkhead {
  /**
   * Who waits for a place when `signal` is aborted leaves the queue with its reason.
   *
   * @throws StoreUnavailable when every place is taken, with what was full as its cause; else what `work` throws.
   */
  run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** How much of it is in use. */
  load(): { readonly running: number; readonly queued: number };
}

/** Bounds how much of a store a caller takes, so that the rest of the service keeps its share. */
export function createBulkhead({ store, maxConcurrent, maxQueued = 0 }: BulkheadOptions): Bulkhead {
  const queue = new Set<() => void>();
  let running = 0;

  const leave = () => {
    const [next] = queue;
    // The place goes to the next without being free in between: nobody can get ahead.
    if (next === undefined) running -= 1;
    else next();
  };
  /** Answers what to wait for, when there is a wait: with a place free the work begins in the same turn of the event loop. */
  const enter = (signal: AbortSignal | undefined): Promise<void> | undefined => {
    signal?.throwIfAborted();
    if (running < maxConcurrent) {
      running += 1;
      return undefined;
    }
    if (queue.size >= maxQueued) throw full();
    return turn(queue, signal);
  };
  const full = () => {
    const queued = maxQueued === 0 ? '' : ` and ${maxQueued} wait`;
    return new StoreUnavailable(
      store,
      new Error(`the bulkhead is full: ${maxConcurrent} calls run${queued}`),
    );
  };
  return {
    async run(work, signal) {
      const place = enter(signal);
      if (place !== undefined) await place;
      try {
        return await work();
      } finally {
        leave();
      }
    },
    load: () => ({ running, queued: queue.size }),
  };
}

function turn(queue: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      queue.delete(start);
      signal?.removeEventListener('abort', giveUp);
    };
    const start = () => {
      end();
      resolve();
    };
    const giveUp = () => {
      end();
      reject(signal?.reason);
    };
    queue.add(start);
    signal?.addEventListener('abort', giveUp);
  });
}
