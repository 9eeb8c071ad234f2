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
    let isOver = false;
    /** `false`: it was over before. */
    const end = (): boolean => {
      if (isOver) return false;
      isOver = true;
      clearTimeout(timer);
      leaveAbort(waiter);
      return true;
    };
    const giveUp = (reason: unknown) => {
      if (!end()) return;
      controller.abort(reason);
      reject(reason);
    };
    const expire = () => giveUp(new StoreTimeout(store, new Error(`no answer after ${timeoutMs} ms`)));
    const timer = setTimeout(() => setImmediate(expire), timeoutMs);
    const waiter = enterAbort(call.signal, giveUp);
    work({ ...call, signal: controller.signal }).then(
      (result) => {
        if (end()) resolve(result);
      },
      (error: unknown) => {
        if (end()) reject(error);
      },
    );
  });
}
