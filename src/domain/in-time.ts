import type { Call } from '../ports/call.ts';
import { enterAbort, leaveAbort } from './abort-waiters.ts';
import { StoreTimeout } from './errors.ts';

export interface Deadline {
  /** What is behind it, for the error. */
  readonly store: string;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Does `work` with a deadline, and answers in time also where a driver does not heed its signal. The signal that `work` is given is
 * aborted at the deadline, and with the caller's.
 *
 * A process that was held up finds its timers due before it has read what came meanwhile: at the deadline it looks once more.
 *
 * @throws {StoreTimeout} at the deadline; the caller's reason when that is first; else what `work` throws.
 */
export function inTime<Result>(
  work: (call: Call) => Promise<Result>,
  call: Call,
  { store, timeoutMs }: Deadline,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    call.signal.throwIfAborted();
    const controller = new AbortController();
    const end = () => {
      clearTimeout(timer);
      leaveAbort(waiter);
    };
    const giveUp = (reason: unknown) => {
      end();
      controller.abort(reason);
      reject(reason);
    };
    const expire = () => giveUp(new StoreTimeout(store, new Error(`no answer after ${timeoutMs} ms`)));
    let isOver = false;
    const timer = setTimeout(() => setImmediate(() => isOver || expire()), timeoutMs);
    const waiter = enterAbort(call.signal, giveUp);
    const settle = () => {
      isOver = true;
      end();
    };
    work({ ...call, signal: controller.signal }).then(
      (result) => {
        settle();
        resolve(result);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}
