import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CounterRequest } from '../../ports/counter-store.ts';
import { demandDistinct } from './counter-name.ts';
import type { StoreErrorRule } from './named-policy.ts';
import type { RateLimitRequest } from './rate-limit-request.ts';
import { demandKey, toCounterRequest, toCounterRequests } from './rate-limit-request.ts';
import type { ResilientCounters, RuledRequest } from './resilient-counters.ts';
import type { DecidedBy, Judgement } from './store-trouble.ts';
import { isDegraded } from './store-trouble.ts';

export interface RateLimitStatus {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** When the whole limit is there again if nobody comes: Unix time in whole seconds, rounded up. */
  readonly resetAt: number;
  /** Seconds until the same request passes, to the millisecond, rounded up; 0 when allowed, `null` when it never can. */
  readonly retryAfterSeconds: number | null;
  /** Whether the answer is a guess, because the counters could not be asked. */
  readonly degraded: boolean;
  readonly decidedBy: DecidedBy;
}

/**
 * - `each`: every check takes its units if they are there, whatever becomes of the others.
 * - `all-or-nothing`: units are taken if every check passes, else none are.
 */
export const BATCH_MODES = ['each', 'all-or-nothing'] as const;
export type BatchMode = (typeof BATCH_MODES)[number];

export interface BatchStatus {
  /** Whether every check passes. */
  readonly allowed: boolean;
  /** In the order of the checks. Of a batch that took nothing, each says whether it would pass by itself. */
  readonly items: readonly RateLimitStatus[];
}

/** Rate limits as a service: the caller names the key and the rule. */
export interface RateLimits {
  /** Takes `cost` units when all of them are there. @throws {ValidationFailed} */
  check(request: RateLimitRequest, call: Call): Promise<RateLimitStatus>;
  /**
   * 1 to 100 checks. With `each`, those of one key are made in their order; when the counters fail, some may have been taken. With
   * `all-or-nothing`, no two may be of one key, algorithm and window. @throws {ValidationFailed} nothing is taken.
   */
  checkBatch(requests: readonly RateLimitRequest[], mode: BatchMode, call: Call): Promise<BatchStatus>;
  /** Whether `check` would pass, and what is there; takes nothing. @throws {ValidationFailed} */
  peek(request: RateLimitRequest, call: Call): Promise<RateLimitStatus>;
  /** Forgets all that was taken from the key. @throws {ValidationFailed} */
  reset(key: string, call: Call): Promise<void>;
}

export interface RateLimitDeps {
  readonly counters: ResilientCounters;
  /** Who decides while the counters can not be asked. */
  readonly onStoreError: StoreErrorRule;
  readonly clock: Clock;
}

export function createRateLimits({ counters, onStoreError, clock }: RateLimitDeps): RateLimits {
  // The time before the decision: a millisecond that passes while it is made must not move `resetAt` into the next second.
  const status = (judgement: Judgement, limit: number, askedAtMs: number): RateLimitStatus => {
    const { allowed, remaining, retryAfterMs, resetAfterMs } = judgement.decision;
    return {
      allowed,
      limit,
      remaining,
      resetAt: Math.ceil((askedAtMs + Math.min(resetAfterMs, LONGEST_MS)) / 1000),
      retryAfterSeconds: Number.isFinite(retryAfterMs) ? Math.ceil(retryAfterMs) / 1000 : null,
      degraded: isDegraded(judgement),
      decidedBy: judgement.decidedBy,
    };
  };
  const ruled = (request: CounterRequest): RuledRequest => ({ ...request, onStoreError });
  return {
    check: async (request, call) => {
      const askedAtMs = clock.now();
      return status(await counters.consume(ruled(toCounterRequest(request)), call), request.limit, askedAtMs);
    },
    checkBatch: async (requests, mode, call) => {
      const asked = toCounterRequests(requests).map(ruled);
      const askedAtMs = clock.now();
      if (mode === 'all-or-nothing') demandDistinct(asked, '/checks');
      const judgements = await (mode === 'each'
        ? consumeEach(counters, asked, call)
        : counters.consumeAll(asked, call));
      return {
        allowed: judgements.every(({ decision }) => decision.allowed),
        items: judgements.map((judgement, index) =>
          status(judgement, asked[index]?.policy.limit ?? 0, askedAtMs),
        ),
      };
    },
    peek: async (request, call) => {
      const askedAtMs = clock.now();
      return status(await counters.peek(ruled(toCounterRequest(request)), call), request.limit, askedAtMs);
    },
    reset: async (key, call) => {
      demandKey(key);
      await counters.reset(key, call);
    },
  };
}

/** Stands for ever: a date of JavaScript reaches no further. */
const LONGEST_MS = 8.64e15 - Date.UTC(2100);

async function consumeEach(
  counters: Pick<ResilientCounters, 'consume'>,
  requests: readonly RuledRequest[],
  call: Call,
): Promise<readonly Judgement[]> {
  const judgements: Judgement[] = [];
  const ofOneKey = async (indexes: readonly number[]): Promise<void> => {
    for (const index of indexes) {
      const request = requests[index];
      if (request !== undefined) judgements[index] = await counters.consume(request, call);
    }
  };
  const groups = Map.groupBy(requests.keys(), (index) => requests[index]?.key);
  await Promise.all([...groups.values()].map(ofOneKey));
  return judgements;
}
