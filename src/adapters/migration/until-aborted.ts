import type { Call } from '../../ports/call.ts';

/** Answers as `run` does, or rejects with the signal's reason when the call is aborted first, whether or not `run` heeds it. */
export async function untilAborted<Result>({ signal }: Call, run: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([run(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
