import type { Moment } from '../../../domain/limits/algorithm.ts';
import { whenTaken } from '../../../domain/limits/algorithm.ts';
import { whenBlocked } from '../../../domain/limits/block.ts';
import { counterName } from '../../../domain/limits/counter-name.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Policy } from '../../../domain/limits/policy.ts';
import type { CounterRequest, Decision, Refund, Taken } from '../../../ports/counter-store.ts';
import type { Counter } from './counter.ts';
import { filedKey } from './counter-index.ts';
import type { CounterTable } from './counter-table.ts';
import { createRules } from './rules.ts';

/** What the store does at one moment. */
export interface Counting {
  readonly foresee: (request: CounterRequest, at: Moment) => Decision;
  readonly consume: (request: CounterRequest, at: Moment) => Decision;
  readonly consumeAll: (requests: readonly CounterRequest[], at: Moment) => readonly Decision[];
  readonly consumeUpTo: (request: CounterRequest, least: number, at: Moment) => Taken;
  readonly refund: (refund: Refund, at: Moment) => void;
  readonly block: (key: string, policy: Omit<Policy, 'limit'>, forMs: number, at: Moment) => void;
}

interface CounterId {
  readonly key: string;
  readonly policy: Omit<Policy, 'limit'>;
}

export function createCounting(table: CounterTable): Counting {
  const rules = createRules(table);

  const find = ({ key, policy }: CounterId) => table.find(filedKey(key), counterName(policy));

  function foresee(
    counter: Counter | undefined,
    request: CounterRequest,
    cost: number,
    at: Moment,
  ): Decision {
    const seen = rules[request.policy.algorithm].look(counter, request.policy, cost, at);
    if (counter === undefined) return seen;
    const blockedForMs = counter.blockedUntilMs - at.steadyMs;
    if (blockedForMs > 0) return whenBlocked(seen, blockedForMs);
    return knownPermit(counter, request, at) ? whenTaken(seen) : seen;
  }

  /** The counter to take from, with room for one more permit. */
  function claim(
    counter: Counter | undefined,
    { key, policy, permitId }: CounterId & Pick<CounterRequest, 'permitId'>,
    at: Moment,
  ): Counter {
    const entries = (counter ? 0 : 1) + (permitId === undefined ? 0 : 1);
    if (counter && entries === 0) return counter;
    table.makeRoom(entries, at);
    // Making room may have dropped this one too.
    return find({ key, policy }) ?? table.add(filedKey(key), counterName(policy));
  }

  /** Takes units that are there; those of a permit that is known are taken already. */
  function take(counter: Counter | undefined, request: CounterRequest, units: number, at: Moment): Counter {
    const { policy, permitId } = request;
    const known = knownPermit(counter, request, at);
    if (counter && known && policy.algorithm !== 'concurrency') return counter;
    const claimed = counter && known ? counter : claim(counter, request, at);
    rules[policy.algorithm].take(claimed, { policy, units: known?.units ?? units, permitId }, at);
    return claimed;
  }

  function takeAndLook(counter: Counter | undefined, request: CounterRequest, at: Moment): Decision {
    const { policy, cost } = request;
    const taken = take(counter, request, cost, at);
    return whenTaken(rules[policy.algorithm].look(taken, policy, cost, at));
  }

  function charge(
    counter: Counter | undefined,
    denied: Decision,
    request: CounterRequest,
    at: Moment,
  ): Decision {
    const { key, policy, cost } = request;
    if (denied.remaining === 0 || policy.algorithm === 'concurrency') return denied;
    const charged = take(counter, { key, policy, cost }, denied.remaining, at);
    return rules[policy.algorithm].look(charged, policy, cost, at);
  }

  return {
    foresee: (request, at) => foresee(find(request), request, request.cost, at),

    consume: (request, at) => {
      const counter = find(request);
      const seen = foresee(counter, request, request.cost, at);
      if (seen.allowed) return takeAndLook(counter, request, at);
      return request.chargeDenied ? charge(counter, seen, request, at) : seen;
    },

    consumeAll: (requests, at) => {
      const seen = requests.map((request) => foresee(find(request), request, request.cost, at));
      if (!seen.every(({ allowed }) => allowed)) return seen;
      return requests.map((request) => takeAndLook(find(request), request, at));
    },

    consumeUpTo: (request, least, at) => {
      const counter = find(request);
      const seen = foresee(counter, request, least, at);
      if (!seen.allowed) return { taken: 0, decision: seen };
      const taken = knownPermit(counter, request, at)?.units ?? Math.min(request.cost, seen.remaining);
      return { taken, decision: takeAndLook(counter, { ...request, cost: taken }, at) };
    },

    refund: ({ key, policy, cost, permitId }, at) => {
      const counter = find({ key, policy });
      if (!counter || !isCounting(counter, at)) return;
      const { giveBack } = rules[policy.algorithm];
      if (permitId === undefined) {
        if (policy.algorithm !== 'concurrency')
          giveBack(counter, policy, { units: cost, permit: undefined }, at);
        return;
      }
      const permit = knownPermit(counter, { permitId }, at);
      if (permit === undefined) return;
      table.revoke(counter, permitId);
      giveBack(counter, policy, { units: Math.min(cost, permit.units), permit }, at);
    },

    block: (key, policy, forMs, at) => {
      const counter = claim(find({ key, policy }), { key, policy }, at);
      const untilMs = at.steadyMs + forMs;
      if (untilMs > counter.blockedUntilMs) table.block(counter, untilMs);
    },
  };
}

/** The permit of a request, if its units were taken and have not come back. */
function knownPermit(
  counter: Counter | undefined,
  { permitId }: Pick<CounterRequest, 'permitId'>,
  at: Moment,
): Permit | undefined {
  if (permitId === undefined || !counter || !isCounting(counter, at)) return undefined;
  const permit = counter.permits?.find(permitId);
  return permit && permit.untilMs > at.steadyMs ? permit : undefined;
}

function isCounting({ state }: Counter, { steadyMs }: Moment): boolean {
  return state !== undefined && state.expiresAtMs > steadyMs;
}
