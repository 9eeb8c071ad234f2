import { enterAbort, leaveAbort } from '../../domain/abort-waiters.ts';
import type { Call } from '../../ports/call.ts';

/** What becomes of a reply. */
export interface Handling<Reply, Result> {
  readonly read: (reply: Reply) => Result;
  /** Makes a result of an error, or throws what the caller shall get. */
  readonly recover: (error: unknown, call: Call) => Result;
}

const AS_IT_IS: Handling<unknown, unknown> = {
  read: (reply) => reply,
  recover(error) {
    throw error;
  },
};

/**
 * Sends what `send` sends and answers as it does, or rejects with the signal's reason when the call is aborted first. ioredis can
 * not take back what it has sent: the server may still do it.
 */
export function untilAborted<Reply>(call: Call, send: () => Promise<Reply>): Promise<Reply> {
  return handledUntilAborted(call, send, AS_IT_IS as Handling<Reply, Reply>);
}

/** As {@link untilAborted}, and makes the result on the way: each `await` in between would take a part of a GET's time. */
export function handledUntilAborted<Reply, Result>(
  call: Call,
  send: () => Promise<Reply>,
  { read, recover }: Handling<Reply, Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const { signal } = call;
    signal.throwIfAborted();
    const reply = send();
    const waiter = enterAbort(signal, reject);
    reply.then(
      (value) => {
        leaveAbort(waiter);
        try {
          resolve(read(value));
        } catch (error) {
          reject(error);
        }
      },
      (error: unknown) => {
        leaveAbort(waiter);
        try {
          resolve(recover(error, call));
        } catch (thrown) {
          reject(thrown);
        }
      },
    );
  });
}
