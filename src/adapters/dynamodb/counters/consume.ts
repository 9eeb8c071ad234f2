import type { Moment } from '../../../domain/limits/algorithm.ts';
import { whenTaken } from '../../../domain/limits/algorithm.ts';
import type { CounterRequest, Decision, Taken } from '../../../ports/counter-store.ts';
import type { Counter } from './counter.ts';
import { counterOf } from './counter.ts';
import { judge } from './judge.ts';
import type { Operation, Plan, Seen } from './settle.ts';
import type { Case } from './take-part.ts';
import { takePart } from './take-part.ts';

/** Takes the units of all requests or of none. One that may be charged is the only one. */
export function consumption(
  requests: readonly CounterRequest[],
  isCharged: boolean,
): Operation<readonly Decision[]> {
  const counters = requests.map(({ key, policy }) => counterOf(key, policy));

  return {
    counters,

    plan(believed, at) {
      const cases = casesOf(requests, counters, believed, at);
      const [first] = cases;
      if (isCharged && first && canCharge(first)) return chargeOf(first);
      if (cases.some(isImpossible)) return undefined;
      return {
        parts: cases.map((each) => takePart(each, { units: each.request.cost })),
        answer: (after, asOf) =>
          casesOf(requests, counters, after, asOf).map(({ judged }) => whenTaken(judged.decision)),
      };
    },

    settled(truth, at) {
      const cases = casesOf(requests, counters, truth, at);
      const decisions = cases.map(({ judged }) => judged.decision);
      const isOver = decisions.every(({ allowed }) => allowed) || (isCharged && cases.some(canCharge));
      return isOver ? undefined : decisions;
    },
  };
}

/** Takes what is there of a cost, at least `least`, or nothing. */
export function partialConsumption(request: CounterRequest, least: number): Operation<Taken> {
  const asked = [{ ...request, cost: least }];
  const counters = [counterOf(request.key, request.policy)];
  const caseOf = (seen: Seen, at: Moment) => casesOf(asked, counters, seen, at)[0];

  return {
    counters,

    plan(believed, at) {
      const found = caseOf(believed, at);
      // That there is too little is not for an update to find out: it would take `least` where there is more.
      if (found === undefined || !found.judged.decision.allowed) return undefined;
      const { judged } = found;
      const units = judged.permit?.units ?? Math.min(request.cost, judged.decision.remaining);
      const isExact = units < request.cost;
      return {
        parts: [takePart(found, { units, isExact })],
        answer(after, asOf) {
          const [{ judged: now } = found] = casesOf(asked, counters, after, asOf);
          return { taken: units, decision: whenTaken(now.decision) };
        },
      };
    },

    settled(truth, at) {
      const decision = caseOf(truth, at)?.judged.decision;
      return decision === undefined || decision.allowed ? undefined : { taken: 0, decision };
    },
  };
}

function casesOf(
  requests: readonly CounterRequest[],
  counters: readonly Counter[],
  seen: Seen,
  at: Moment,
): readonly Case[] {
  return counters.flatMap((counter, index) => {
    const request = requests[index];
    const sighting = seen[index];
    return request ? [{ counter, request, sighting, judged: judge(counter, request, sighting, at), at }] : [];
  });
}

/** Whether only a known permit would let it pass. */
function isImpossible({ request: { cost, policy }, judged }: Case): boolean {
  return cost > policy.limit && judged.permit === undefined;
}

function canCharge({ request: { policy }, judged: { decision, isBlocked } }: Case): boolean {
  return !decision.allowed && !isBlocked && decision.remaining > 0 && policy.algorithm !== 'concurrency';
}

function chargeOf(denied: Case): Plan<readonly Decision[]> {
  const { counter, request, judged } = denied;
  const units = judged.decision.remaining;
  return {
    parts: [takePart(denied, { units, isExact: true, isPermitted: false })],
    answer: (after, asOf) =>
      casesOf([request], [counter], after, asOf).map(({ judged: now }) => now.decision),
  };
}
