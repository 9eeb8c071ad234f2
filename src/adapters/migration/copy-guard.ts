import { DomainError, StoreTimeout } from '../../domain/errors.ts';
import type { Call } from '../../ports/call.ts';
import type { CopyReaderDeps } from './copy-reader.ts';

export interface CopyGuardDeps {
  readonly breaker: {
    run<Result>(work: () => Promise<Result>): Promise<Result>;
    /** Opens at once. */
    trip(reason: string): void;
  };
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Bounds reads of a copy in time, and stops asking while they keep failing. A store that refuses a call for its set-up will refuse the
 * next one as well, so that opens the breaker at once.
 */
export function createCopyGuard({ breaker, timeoutMs }: CopyGuardDeps): CopyReaderDeps<unknown>['guard'] {
  return (read, call) =>
    breaker.run(async () => {
      try {
        return await inTime(read, call, timeoutMs);
      } catch (error) {
        if (error instanceof DomainError && error.code === 'store-refused') breaker.trip(error.message);
        throw error;
      }
    });
}

// A driver that does not heed its signal must not hold the reader: it is answered in time either way.
async function inTime<Result>(
  read: (call: Call) => Promise<Result>,
  call: Call,
  timeoutMs: number,
): Promise<Result> {
  const late = new AbortController();
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new StoreTimeout('the hot store', new Error(`no answer after ${timeoutMs} ms`));
    late.abort(error);
    reject(error);
  }, timeoutMs);
  try {
    const signal = AbortSignal.any([call.signal, late.signal]);
    return await Promise.race([read({ ...call, signal }), expired]);
  } finally {
    clearTimeout(timer);
  }
}
