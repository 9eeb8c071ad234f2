import type { CounterRequest } from '../../ports/counter-store.ts';
import type { CountingAlgorithm } from './policy.ts';

/** What most requests are: one that takes units and nothing else, with no permit to remember and nothing to take when it is denied. */
export type PlainRequest = CounterRequest & { readonly policy: { readonly algorithm: CountingAlgorithm } };

export function isPlain(request: CounterRequest): request is PlainRequest {
  const { policy, permitId, chargeDenied } = request;
  return permitId === undefined && chargeDenied !== true && policy.algorithm !== 'concurrency';
}
