import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import type { Fault } from '../errors.ts';
import { ValidationFailed } from '../errors.ts';
import { textFault } from '../text.ts';
import type { CountingAlgorithm } from './policy.ts';
import { COUNTING_ALGORITHMS, RATE_LIMIT_LIMITS } from './policy.ts';

/** Ranges are in {@link RATE_LIMIT_LIMITS}. */
export interface RateLimitRequest {
  /** Well-formed text without control characters. */
  readonly key: string;
  readonly limit: number;
  /** In whole milliseconds: 0.25 is a window, 0.0001 is none. */
  readonly windowSeconds: number;
  readonly algorithm: CountingAlgorithm;
  readonly cost: number;
}

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
}

/** Rate limits as a service: the caller names the key and the rule. */
export interface RateLimits {
  /** Takes `cost` units when all of them are there. @throws {ValidationFailed} */
  check(request: RateLimitRequest, call: Call): Promise<RateLimitStatus>;
  /** Whether `check` would pass, and what is there; takes nothing. @throws {ValidationFailed} */
  peek(request: RateLimitRequest, call: Call): Promise<RateLimitStatus>;
  /** Forgets all that was taken from the key. @throws {ValidationFailed} */
  reset(key: string, call: Call): Promise<void>;
}

export interface RateLimitDeps {
  readonly counters: Pick<CounterStore, 'consume' | 'peek' | 'reset'>;
  readonly clock: Clock;
}

export function createRateLimits({ counters, clock }: RateLimitDeps): RateLimits {
  // The time before the decision: a millisecond that passes while it is made must not move `resetAt` into the next second.
  const status = (decision: Decision, limit: number, askedAtMs: number): RateLimitStatus => ({
    allowed: decision.allowed,
    limit,
    remaining: decision.remaining,
    resetAt: Math.ceil((askedAtMs + decision.resetAfterMs) / 1000),
    retryAfterSeconds: Number.isFinite(decision.retryAfterMs)
      ? Math.ceil(decision.retryAfterMs) / 1000
      : null,
    degraded: false,
  });
  return {
    check: async (request, call) => {
      const askedAtMs = clock.now();
      return status(await counters.consume(toCounterRequest(request), call), request.limit, askedAtMs);
    },
    peek: async (request, call) => {
      const askedAtMs = clock.now();
      return status(await counters.peek(toCounterRequest(request), call), request.limit, askedAtMs);
    },
    reset: async (key, call) => {
      refuse([keyFault(key)]);
      await counters.reset(key, call);
    },
  };
}

function toCounterRequest({ key, limit, windowSeconds, algorithm, cost }: RateLimitRequest): CounterRequest {
  refuse([
    keyFault(key),
    countFault('limit', limit),
    windowFault(windowSeconds),
    algorithmFault(algorithm),
    countFault('cost', cost),
  ]);
  return { key, policy: { algorithm, limit, windowMs: toMilliseconds(windowSeconds) }, cost };
}

function refuse(found: readonly (Fault | undefined)[]): void {
  const faults = found.filter((fault) => fault !== undefined);
  if (faults.length > 0) throw new ValidationFailed(faults);
}

function keyFault(key: string): Fault | undefined {
  const message = textFault(key, RATE_LIMIT_LIMITS.key);
  return message === undefined ? undefined : { path: '/key', message };
}

function countFault(name: 'limit' | 'cost', value: number): Fault | undefined {
  const { min, max } = RATE_LIMIT_LIMITS[name];
  if (Number.isInteger(value) && value >= min && value <= max) return undefined;
  return { path: `/${name}`, message: `must be a whole number from ${min} to ${max}` };
}

function windowFault(seconds: number): Fault | undefined {
  const { min, max } = RATE_LIMIT_LIMITS.windowSeconds;
  // A decimal with up to three places is the double nearest to its milliseconds by a thousand, and no other is.
  const isWhole = toMilliseconds(seconds) / 1000 === seconds;
  if (isWhole && seconds >= min && seconds <= max) return undefined;
  const message = `must be a number of seconds from ${min} to ${max}, with at most three decimal places`;
  return { path: '/windowSeconds', message };
}

function algorithmFault(algorithm: CountingAlgorithm): Fault | undefined {
  if (COUNTING_ALGORITHMS.includes(algorithm)) return undefined;
  return { path: '/algorithm', message: `must be one of ${COUNTING_ALGORITHMS.join(', ')}` };
}

function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
