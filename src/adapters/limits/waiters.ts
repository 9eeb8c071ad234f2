import type { AbortWaiter } from '../../domain/abort-waiters.ts';
import { enterAbort, leaveAbort } from '../../domain/abort-waiters.ts';
import type { Call } from '../../ports/call.ts';
import type { CounterRequest } from '../../ports/counter-store.ts';

/** A caller that waits for an answer. It waits no more once it has one, or has gone. */
export interface Waiter<Answer> {
  readonly request: CounterRequest;
  readonly call: Call;
  answer(answer: Answer | Promise<Answer>): void;
  fail(error: unknown): void;
}

/** Callers that wait for one call to a store, each with a signal of its own. */
export interface Waiters<Answer> {
  /** Rejects with the reason of the caller's signal as soon as that is aborted. */
  join(request: CounterRequest, call: Call): Promise<Answer>;
  /** Those still here, in the order in which they came. One that leaves while they are looked at is not met any more. */
  readonly waiting: ReadonlySet<Waiter<Answer>>;
  /** For the call that all wait for: aborted when the last one has gone. In the name of the first. */
  call(): Call;
  failAll(error: unknown): void;
}

export function createWaiters<Answer>(): Waiters<Answer> {
  const waiting = new Set<Waiter<Answer>>();
  let shared: AbortController | undefined;

  return {
    join: (request, call) =>
      new Promise((resolve, reject) => {
        call.signal.throwIfAborted();
        const leave = () => {
          leaveAbort(place);
          waiting.delete(waiter);
        };
        const waiter = {
          request,
          call,
          answer: (answer: Answer | Promise<Answer>) => {
            leave();
            resolve(answer);
          },
          fail: (error: unknown) => {
            leave();
            reject(error);
          },
        };
        const place: AbortWaiter = enterAbort(call.signal, (reason) => {
          waiter.fail(reason);
          if (waiting.size === 0) shared?.abort(reason);
        });
        waiting.add(waiter);
      }),

    waiting,

    call() {
      shared ??= new AbortController();
      const [first] = waiting;
      const requestId = first?.call.requestId;
      return { signal: shared.signal, ...(requestId !== undefined && { requestId }) };
    },

    failAll(error) {
      for (const waiter of waiting) waiter.fail(error);
    },
  };
}
