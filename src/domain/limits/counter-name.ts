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
  const seen = new Map<string, Set<string>>();
  for (const [index, { key, policy }] of requests.entries()) {
    const names = seen.get(key) ?? new Set();
    const name = counterName(policy);
    if (names.has(name)) throw new ValidationFailed([{ path: `${path}/${index}`, message: REPEATED }]);
    seen.set(key, names.add(name));
  }
}

const REPEATED = 'must differ from the others in key, algorithm or window';
