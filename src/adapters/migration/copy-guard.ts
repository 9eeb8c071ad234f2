import { DomainError } from '../../domain/errors.ts';
import { inTime } from '../../domain/in-time.ts';
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
        return await inTime(read, call, { store: 'the hot store', timeoutMs });
      } catch (error) {
        if (error instanceof DomainError && error.code === 'store-refused') breaker.trip(error.message);
        throw error;
      }
    });
}
