import type { CounterRequest, Decision } from '../../ports/counter-store.ts';
import type { LimitState } from './algorithm.ts';
import { whenTaken } from './algorithm.ts';
import { LIMIT_ALGORITHMS } from './algorithms.ts';

/** What a store answers that keeps a counter's state and takes units from it by itself. */
export interface StoreAnswer {
  /** What it keeps now; `undefined`: nothing. */
  readonly state: LimitState | undefined;
  /** The store's clock when it looked: Unix time in whole milliseconds. */
  readonly nowMs: number;
  /** Whether the call has taken the units; `false` for a look. */
  readonly taken: boolean;
}

/** The decision that an answer means. Stores only move units: how many are left and for how long is worked out here, for all. */
export function storeDecision({ policy, cost }: Omit<CounterRequest, 'key'>, answer: StoreAnswer): Decision {
  const algorithm = LIMIT_ALGORITHMS[policy.algorithm];
  const at = { steadyMs: answer.nowMs, wallMs: answer.nowMs };
  const state = answer.state && algorithm.anchor(answer.state, policy, at);
  const seen = algorithm.look(state, policy, cost, at);
  return answer.taken ? whenTaken(seen) : seen;
}
