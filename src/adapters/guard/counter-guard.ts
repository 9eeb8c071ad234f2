import { DomainError } from '../../domain/errors.ts';
import { inTime } from '../../domain/in-time.ts';
import type { Call } from '../../ports/call.ts';
import type { CounterStore } from '../../ports/counter-store.ts';
import type { Breaker, Verdict } from './breaker.ts';

export interface CounterGuardOptions {
  /** For errors. */
  readonly store: string;
  /** What one call may take. Milliseconds. */
  readonly timeoutMs: number;
  /** Made with {@link judgeCounterError}. */
  readonly breaker: Pick<Breaker, 'run' | 'trip'>;
}

/**
 * The same counters, asked within a deadline, and not at all while they keep failing. A call that is given up may have taken its
 * units. Counters that refuse a call for their set-up will refuse the next one as well: that opens the breaker at once.
 */
export function guardCounters(counters: CounterStore, options: CounterGuardOptions): CounterStore {
  const { breaker } = options;
  const guarded = <Result>(ask: (call: Call) => Promise<Result>, call: Call): Promise<Result> =>
    breaker.run(async () => {
      try {
        return await inTime(ask, call, options);
      } catch (error) {
        if (codeOf(error) === 'store-refused') breaker.trip((error as Error).message);
        throw error;
      }
    });
  return {
    consume: (request, call) => guarded((bounded) => counters.consume(request, bounded), call),
    peek: (request, call) => guarded((bounded) => counters.peek(request, bounded), call),
    consumeAll: (requests, call) => guarded((bounded) => counters.consumeAll(requests, bounded), call),
    consumeUpTo: (request, least, call) =>
      guarded((bounded) => counters.consumeUpTo(request, least, bounded), call),
    refund: (refund, call) => guarded((bounded) => counters.refund(refund, bounded), call),
    block: (key, policy, forMs, call) =>
      guarded((bounded) => counters.block(key, policy, forMs, bounded), call),
    reset: (key, call) => guarded((bounded) => counters.reset(key, bounded), call),
  };
}

const FAILURES: readonly (string | undefined)[] = ['store-unavailable', 'store-timeout', 'store-refused'];

/**
 * What an error says of the counters. One that throttles works: on DynamoDB it may be a single hot key that is over its capacity.
 * What no store raised says that the caller went away.
 */
export function judgeCounterError(error: unknown): Verdict {
  const code = codeOf(error);
  if (code === undefined) return 'neither';
  return FAILURES.includes(code) ? 'failure' : 'answer';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof DomainError ? error.code : undefined;
}
