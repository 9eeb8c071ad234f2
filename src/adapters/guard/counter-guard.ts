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
 * The same counters, asked within a deadline (but for a reset), and not at all while they keep failing. A call that is given up may have taken its
 * units. Counters that refuse a call for their set-up will refuse the next one as well: that opens the breaker at once.
 */
export function guardCounters(counters: CounterStore, options: CounterGuardOptions): CounterStore {
  const { breaker } = options;
  const heeding = async <Result>(ask: () => Promise<Result>, call: Call): Promise<Result> => {
    try {
      return await breaker.run(() => judged(breaker, ask, call));
    } catch (error) {
      throw error instanceof CallerGone ? error.cause : error;
    }
  };
  const guarded = <Result>(ask: (call: Call) => Promise<Result>, call: Call): Promise<Result> =>
    heeding(() => inTime(ask, call, options), call);
  return {
    consume: (request, call) => guarded((bounded) => counters.consume(request, bounded), call),
    peek: (request, call) => guarded((bounded) => counters.peek(request, bounded), call),
    consumeAll: (requests, call) => guarded((bounded) => counters.consumeAll(requests, bounded), call),
    consumeUpTo: (request, least, call) =>
      guarded((bounded) => counters.consumeUpTo(request, least, bounded), call),
    refund: (refund, call) => guarded((bounded) => counters.refund(refund, bounded), call),
    block: (key, policy, forMs, call) =>
      guarded((bounded) => counters.block(key, policy, forMs, bounded), call),
    // Asked for seldom, by somebody who waits to hear that it is done.
    reset: (key, call) => heeding(() => counters.reset(key, call), call),
  };
}

async function judged<Result>(
  breaker: CounterGuardOptions['breaker'],
  ask: () => Promise<Result>,
  { signal }: Call,
): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted && error === signal.reason)
      throw new CallerGone('the caller has gone', { cause: error });
    if (codeOf(error) === 'store-refused') breaker.trip((error as Error).message);
    throw error;
  }
}

/** Carries the reason past the breaker, as its cause. */
class CallerGone extends Error {}

const ANSWERS: readonly (string | undefined)[] = ['store-throttled', 'validation-failed'];

/**
 * What an error says of the counters. One that throttles works: on DynamoDB it may be a single hot key that is over its capacity.
 * One that is not known is no better than a failure.
 */
export function judgeCounterError(error: unknown): Verdict {
  if (error instanceof CallerGone) return 'neither';
  return ANSWERS.includes(codeOf(error)) ? 'answer' : 'failure';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof DomainError ? error.code : undefined;
}
