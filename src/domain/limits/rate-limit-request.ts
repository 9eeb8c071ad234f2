import type { CounterRequest } from '../../ports/counter-store.ts';
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

/** @throws {ValidationFailed} with every fault of the request. */
export function toCounterRequest(request: RateLimitRequest): CounterRequest {
  refuse(faultsOf(request));
  const { key, limit, windowSeconds, algorithm, cost } = request;
  return { key, policy: { algorithm, limit, windowMs: toMilliseconds(windowSeconds) }, cost };
}

/** @throws {ValidationFailed} with every fault of every request, as `/checks/INDEX/FIELD`, or because there are none or too many. */
export function toCounterRequests(requests: readonly RateLimitRequest[]): readonly CounterRequest[] {
  const { min, max } = RATE_LIMIT_LIMITS.checks;
  if (requests.length < min || requests.length > max)
    throw new ValidationFailed([{ path: '/checks', message: `must have ${min} to ${max} items` }]);
  refuse(
    requests.flatMap((request, index) =>
      faultsOf(request).map(({ path, message }) => ({ path: `/checks/${index}${path}`, message })),
    ),
  );
  return requests.map(toCounterRequest);
}

/** @throws {ValidationFailed} */
export function demandKey(key: string): void {
  refuse([keyFault(key)].filter((fault) => fault !== undefined));
}

function faultsOf({ key, limit, windowSeconds, algorithm, cost }: RateLimitRequest): readonly Fault[] {
  return [
    keyFault(key),
    countFault('limit', limit),
    windowFault(windowSeconds),
    algorithmFault(algorithm),
    countFault('cost', cost),
  ].filter((fault) => fault !== undefined);
}

function refuse(faults: readonly Fault[]): void {
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
