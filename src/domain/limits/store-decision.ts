import type { CounterRequest, Decision } from '../../ports/counter-store.ts';
import type { LimitState, Moment } from './algorithm.ts';
import { whenTaken } from './algorithm.ts';
import { LIMIT_ALGORITHMS } from './algorithms.ts';
import { whenBlocked } from './block.ts';
import { concurrency } from './concurrency.ts';
import type { Policy } from './policy.ts';

/** What a store answers that keeps a counter's state and takes units from it by itself. */
export interface StoreAnswer {
  /** What it keeps now, of the policy's algorithm; `undefined`: nothing. */
  readonly state: LimitState | undefined;
  /** The store's clock when it looked: Unix time in whole milliseconds. */
  readonly nowMs: number;
  /** Whether the request has its units: taken by this call, or its permit is known. `false` for a look, unless that passes by its permit. */
  readonly taken: boolean;
  /** Unix time in milliseconds; `Infinity`: for ever. Absent: never blocked. */
  readonly blockedUntilMs?: number | undefined;
}

/** The decision that an answer means. Stores only move units: how many are left and for how long is worked out here, for all. */
export function storeDecision(
  { policy, cost }: Pick<CounterRequest, 'policy' | 'cost'>,
  answer: StoreAnswer,
): Decision {
  const at = { steadyMs: answer.nowMs, wallMs: answer.nowMs };
  const seen = lookAt(answer.state, policy, cost, at);
  if (answer.taken) return whenTaken(seen);
  const blockedForMs = (answer.blockedUntilMs ?? 0) - answer.nowMs;
  return blockedForMs > 0 ? whenBlocked(seen, blockedForMs) : seen;
}

function lookAt(state: LimitState | undefined, policy: Policy, cost: number, at: Moment): Decision {
  if (policy.algorithm === 'concurrency') return concurrency.look(state, policy, cost, at);
  const rules = LIMIT_ALGORITHMS[policy.algorithm];
  return rules.look(state && rules.anchor(state, policy, at), policy, cost, at);
}
