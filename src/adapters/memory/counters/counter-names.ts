import { counterName } from '../../../domain/limits/counter-name.ts';
import type { Policy } from '../../../domain/limits/policy.ts';

/** A caller may ask with ever other windows. */
const MOST = 1000;

/**
 * As {@link counterName}, and mostly the very same text for all counters of one name: it is made once, kept once, and compared
 * with itself without being read.
 */
export function createCounterNames(): typeof counterName {
  const byWindow = new Map<number, Map<Policy['algorithm'], string>>();

  function remember(policy: Omit<Policy, 'limit'>): string {
    const { algorithm, windowMs } = policy;
    if (byWindow.size >= MOST) byWindow.clear();
    const name = counterName(policy);
    const names = byWindow.get(windowMs) ?? new Map<Policy['algorithm'], string>();
    byWindow.set(windowMs, names.set(algorithm, name));
    return name;
  }

  return (policy) => byWindow.get(policy.windowMs)?.get(policy.algorithm) ?? remember(policy);
}
