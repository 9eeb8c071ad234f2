import type { Moment } from '../../../domain/limits/algorithm.ts';
import { whenTaken } from '../../../domain/limits/algorithm.ts';
import { whenBlocked } from '../../../domain/limits/block.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Policy } from '../../../domain/limits/policy.ts';
import type { CounterRequest, Decision, Refund, Taken } from '../../../ports/counter-store.ts';
import type { Counter } from './counter.ts';
import { filedKey } from './counter-index.ts';
import { createCounterNames } from './counter-names.ts';
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
  const desk = { table, rules: createRules(table), nameOf: createCounterNames() };
  return {
    foresee: (request, at) => foresee(desk, find(desk, request), request, request.cost, at),
    consume: (request, at) => consume(desk, request, at),
    consumeAll: (requests, at) => {
      const [only] = requests;
      if (only && requests.length === 1 && only.chargeDenied !== true) return [consume(desk, only, at)];
      return consumeAll(desk, requests, at);
    },
    consumeUpTo: (request, least, at) => consumeUpTo(desk, request, least, at),
    refund: (refund, at) => giveBack(desk, refund, at),
    block: (key, policy, forMs, at) => {
      const counter = claim(desk, find(desk, { key, policy }), { key, policy }, at);
      const untilMs = at.steadyMs + forMs;
      if (untilMs > (counter.blockedUntilMs ?? Number.NEGATIVE_INFINITY)) table.block(counter, untilMs);
    },
  };
}

interface Desk {
  readonly table: CounterTable;
  readonly rules: ReturnType<typeof createRules>;
  readonly nameOf: ReturnType<typeof createCounterNames>;
}

function find({ table, nameOf }: Desk, { key, policy }: CounterId): Counter | undefined {
  return table.find(filedKey(key), nameOf(policy));
}

function foresee(
  { rules }: Desk,
  counter: Counter | undefined,
  request: CounterRequest,
  cost: number,
  at: Moment,
): Decision {
  const seen = rules[request.policy.algorithm].look(counter, request.policy, cost, at);
  if (counter === undefined) return seen;
  const blockedForMs = (counter.blockedUntilMs ?? Number.NEGATIVE_INFINITY) - at.steadyMs;
  if (blockedForMs > 0) return whenBlocked(seen, blockedForMs);
  return knownPermit(counter, request, at) ? whenTaken(seen) : seen;
}

function consume(desk: Desk, request: CounterRequest, at: Moment): Decision {
  const counter = find(desk, request);
  const seen = foresee(desk, counter, request, request.cost, at);
  if (seen.allowed) return takeAndLook(desk, counter, request, at);
  return request.chargeDenied ? charge(desk, counter, seen, request, at) : seen;
}

function consumeAll(desk: Desk, requests: readonly CounterRequest[], at: Moment): readonly Decision[] {
  const counters = requests.map((each) => find(desk, each));
  const seen = requests.map((each, index) => foresee(desk, counters[index], each, each.cost, at));
  if (!seen.every(({ allowed }) => allowed)) return seen;
  // One that makes room may drop another that was found.
  const areStaying = requests.every((each, index) => counters[index] && each.permitId === undefined);
  return requests.map((each, index) =>
    takeAndLook(desk, areStaying ? counters[index] : find(desk, each), each, at),
  );
}

function consumeUpTo(desk: Desk, request: CounterRequest, least: number, at: Moment): Taken {
  const counter = find(desk, request);
  const seen = foresee(desk, counter, request, least, at);
  if (!seen.allowed) return { taken: 0, decision: seen };
  const taken = knownPermit(counter, request, at)?.units ?? Math.min(request.cost, seen.remaining);
  return { taken, decision: takeAndLook(desk, counter, { ...request, cost: taken }, at) };
}

function takeAndLook(
  desk: Desk,
  counter: Counter | undefined,
  request: CounterRequest,
  at: Moment,
): Decision {
  const { policy, cost } = request;
  const taken = take(desk, counter, request, cost, at);
  return whenTaken(desk.rules[policy.algorithm].look(taken, policy, cost, at));
}

function charge(
  desk: Desk,
  counter: Counter | undefined,
  denied: Decision,
  { key, policy, cost }: CounterRequest,
  at: Moment,
): Decision {
  if (denied.remaining === 0 || policy.algorithm === 'concurrency') return denied;
  const charged = take(desk, counter, { key, policy, cost }, denied.remaining, at);
  return desk.rules[policy.algorithm].look(charged, policy, cost, at);
}

/** Takes units that are there; those of a permit that is known are taken already. */
function take(
  desk: Desk,
  counter: Counter | undefined,
  request: CounterRequest,
  units: number,
  at: Moment,
): Counter {
  const { policy, permitId } = request;
  const known = knownPermit(counter, request, at);
  if (counter && known && policy.algorithm !== 'concurrency') return counter;
  const claimed = counter && known ? counter : claim(desk, counter, request, at);
  desk.rules[policy.algorithm].take(claimed, { policy, units: known?.units ?? units, permitId }, at);
  return claimed;
}

/** The counter to take from, with room for one more permit. */
function claim(
  desk: Desk,
  counter: Counter | undefined,
  { key, policy, permitId }: CounterId & Pick<CounterRequest, 'permitId'>,
  at: Moment,
): Counter {
  const entries = (counter ? 0 : 1) + (permitId === undefined ? 0 : 1);
  if (counter && entries === 0) return counter;
  desk.table.makeRoom(entries, at);
  // Making room may have dropped this one too.
  return find(desk, { key, policy }) ?? desk.table.add(filedKey(key), desk.nameOf(policy));
}

function giveBack(desk: Desk, { key, policy, cost, permitId }: Refund, at: Moment): void {
  const counter = find(desk, { key, policy });
  if (!counter || !isCounting(counter, at)) return;
  const rules = desk.rules[policy.algorithm];
  if (permitId === undefined) {
    if (policy.algorithm === 'concurrency') return;
    rules.giveBack(counter, policy, { units: cost, permit: undefined }, at);
    return;
  }
  const permit = knownPermit(counter, { permitId }, at);
  if (permit === undefined) return;
  desk.table.revoke(counter, permitId);
  rules.giveBack(counter, policy, { units: Math.min(cost, permit.units), permit }, at);
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
