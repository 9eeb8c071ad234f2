import type { CounterRequest } from '../../ports/counter-store.ts';

/** Whether a request takes units and nothing else: no permit to remember, and nothing when it is denied. */
export function isPlain({ policy, permitId, chargeDenied }: CounterRequest): boolean {
  return permitId === undefined && chargeDenied !== true && policy.algorithm !== 'concurrency';
}
