import type { Call } from '../../ports/call.ts';

/** A ring of the calls that wait with one signal, with a head that waits for nothing: who enters or leaves looks for no place. */
interface Waiter {
  before: Waiter;
  after: Waiter;
  readonly reject: (reason: unknown) => void;
}

// A signal has one listener of ours, however many calls go with it: EventTarget searches its list for each that is removed, which
// takes a tenth of a GET's time.
const rings = new WeakMap<AbortSignal, Waiter>();

/**
 * Sends what `send` sends and answers as it does, or rejects with the signal's reason when the call is aborted first. ioredis can
 * not take back what it has sent: the server may still do it.
 */
export function untilAborted<Reply>({ signal }: Call, send: () => Promise<Reply>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const reply = send();
    const waiter = enter(rings.get(signal) ?? ringOf(signal), reject);
    reply.then(
      (value) => {
        leave(waiter);
        resolve(value);
      },
      (error: unknown) => {
        leave(waiter);
        reject(error);
      },
    );
  });
}

function ringOf(signal: AbortSignal): Waiter {
  const head = { reject: () => undefined } as unknown as Waiter;
  head.before = head;
  head.after = head;
  rings.set(signal, head);
  const stopAll = () => {
    for (let waiter = head.after; waiter !== head; waiter = waiter.after) waiter.reject(signal.reason);
  };
  signal.addEventListener('abort', stopAll, { once: true });
  return head;
}

function enter(head: Waiter, reject: Waiter['reject']): Waiter {
  const waiter = { before: head.before, after: head, reject };
  head.before.after = waiter;
  head.before = waiter;
  return waiter;
}

function leave({ before, after }: Waiter): void {
  before.after = after;
  after.before = before;
}
