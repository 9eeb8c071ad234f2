import type { CounterRequest } from '../../ports/counter-store.ts';
import { ValidationFailed } from '../errors.ts';
import type { Policy } from './policy.ts';

/** Tells the counters of one key apart. */
export function counterName({ algorithm, windowMs }: Omit<Policy, 'limit'>): string {
  return `${algorithm}:${windowMs}`;
}

/**
 * `path`: of the list, in the fault; default: the whole.
 *
 * @throws {ValidationFailed} two of the requests are of one counter, whose decisions would depend on their order.
 */
export function demandDistinct(requests: readonly CounterRequest[], path = ''): void {
  const repeated = requests.length <= FEW ? repeatedOfFew(requests) : repeatedOfMany(requests);
  if (repeated !== undefined)
    throw new ValidationFailed([{ path: `${path}/${repeated}`, message: REPEATED }]);
}

/** Up to so many are compared each with each sooner than they are filed. */
const FEW = 4;

function repeatedOfFew(requests: readonly CounterRequest[]): number | undefined {
  for (let index = 1; index < requests.length; index += 1)
    for (let before = 0; before < index; before += 1)
      if (isSameCounter(requests[index], requests[before])) return index;
  return undefined;
}

function isSameCounter(one: CounterRequest | undefined, other: CounterRequest | undefined): boolean {
  return (
    one?.key === other?.key &&
    one?.policy.windowMs === other?.policy.windowMs &&
    one?.policy.algorithm === other?.policy.algorithm
  );
}

function repeatedOfMany(requests: readonly CounterRequest[]): number | undefined {
  const seen = new Map<string, Set<string>>();
  for (const [index, { key, policy }] of requests.entries()) {
    const names = seen.get(key) ?? new Set();
    const name = counterName(policy);
    if (names.has(name)) return index;
    seen.set(key, names.add(name));
  }
  return undefined;
}

const REPEATED = 'must differ from the others in key, algorithm or window';
