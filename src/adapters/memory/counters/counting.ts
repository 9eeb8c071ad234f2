import type { Moment } from '../../../domain/limits/algorithm.ts';
import { ifLive, whenTaken } from '../../../domain/limits/algorithm.ts';
import { whenBlocked } from '../../../domain/limits/block.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Policy } from '../../../domain/limits/policy.ts';
import type { CounterRequest, Decision, Refund, Taken } from '../../../ports/counter-store.ts';
import type { Counter, CounterId } from './counter.ts';
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

export function createCounting(table: CounterTable): Counting {
  const desk = { table, rules: createRules(table) };
  return {
    foresee: (request, at) => foresee(desk, desk.table.find(request), request, request.cost, at),
    consume: (request, at) => consume(desk, request, at),
    consumeAll: (requests, at) => {
      const [only] = requests;
      if (only && requests.length === 1 && only.chargeDenied !== true) return [consume(desk, only, at)];
      return consumeAll(desk, requests, at);
    },
    consumeUpTo: (request, least, at) => consumeUpTo(desk, request, least, at),
    refund: (refund, at) => giveBack(desk, refund, at),
    block: (key, policy, forMs, at) => {
      const counter = claim(desk, table.find({ key, policy }), { key, policy }, at);
      const untilMs = at.steadyMs + forMs;
      if (untilMs > table.blockedUntilMs(counter)) table.block(counter, untilMs);
    },
  };
}

interface Desk {
  readonly table: CounterTable;
  readonly rules: ReturnType<typeof createRules>;
}

function foresee(
  desk: Desk,
  counter: Counter | undefined,
  request: CounterRequest,
  cost: number,
  at: Moment,
): Decision {
  const seen = desk.rules[request.policy.algorithm].look(counter, request.policy, cost, at);
  if (counter === undefined) return seen;
  const blockedForMs = desk.table.blockedUntilMs(counter) - at.steadyMs;
  if (blockedForMs > 0) return whenBlocked(seen, blockedForMs);
  return knownPermit(desk, counter, request, at) ? whenTaken(seen) : seen;
}

function consume(desk: Desk, request: CounterRequest, at: Moment): Decision {
  const counter = desk.table.find(request);
  const seen = foresee(desk, counter, request, request.cost, at);
  if (seen.allowed) return takeAndLook(desk, counter, request, at);
  return request.chargeDenied ? charge(desk, counter, seen, request, at) : seen;
}

function consumeAll(desk: Desk, requests: readonly CounterRequest[], at: Moment): readonly Decision[] {
  const counters = desk.table.findEach(requests);
  const seen = requests.map((each, index) => foresee(desk, counters[index], each, each.cost, at));
  if (!seen.every(({ allowed }) => allowed)) return seen;
  // One that makes room may drop another that was found.
  const areStaying = requests.every(
    (each, index) => counters[index] !== undefined && each.permitId === undefined,
  );
  return requests.map((each, index) =>
    takeAndLook(desk, areStaying ? counters[index] : desk.table.find(each), each, at),
  );
}

function consumeUpTo(desk: Desk, request: CounterRequest, least: number, at: Moment): Taken {
  const counter = desk.table.find(request);
  const seen = foresee(desk, counter, request, least, at);
  if (!seen.allowed) return { taken: 0, decision: seen };
  const taken = knownPermit(desk, counter, request, at)?.units ?? Math.min(request.cost, seen.remaining);
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
  const known = knownPermit(desk, counter, request, at);
  if (counter !== undefined && known && policy.algorithm !== 'concurrency') return counter;
  const claimed = counter !== undefined && known ? counter : claim(desk, counter, request, at);
  desk.rules[policy.algorithm].take(claimed, { policy, units: known?.units ?? units, permitId }, at);
  return claimed;
}

/** The counter to take from, with room for one more permit. */
function claim(
  desk: Desk,
  counter: Counter | undefined,
  id: CounterId & Pick<CounterRequest, 'permitId'>,
  at: Moment,
): Counter {
  const entries = (counter === undefined ? 1 : 0) + (id.permitId === undefined ? 0 : 1);
  if (counter !== undefined && entries === 0) return counter;
  desk.table.makeRoom(entries, at);
  const found = desk.table.find(id);
  if (found !== undefined) return found;
  // Making room has dropped this one too, which takes room again.
  if (counter !== undefined) desk.table.makeRoom(entries + 1, at);
  return desk.table.add(id);
}

function giveBack(desk: Desk, { key, policy, cost, permitId }: Refund, at: Moment): void {
  const counter = desk.table.find({ key, policy });
  if (counter === undefined || !isCounting(desk, counter, at)) return;
  const rules = desk.rules[policy.algorithm];
  if (permitId === undefined) {
    if (policy.algorithm === 'concurrency') return;
    rules.giveBack(counter, policy, { units: cost, permit: undefined }, at);
    return;
  }
  const permit = knownPermit(desk, counter, { permitId }, at);
  if (permit === undefined) return;
  desk.table.revoke(counter, permitId);
  rules.giveBack(counter, policy, { units: Math.min(cost, permit.units), permit }, at);
}

/** The permit of a request, if its units were taken and have not come back. */
function knownPermit(
  desk: Desk,
  counter: Counter | undefined,
  { permitId }: Pick<CounterRequest, 'permitId'>,
  at: Moment,
): Permit | undefined {
  if (permitId === undefined || counter === undefined || !isCounting(desk, counter, at)) return undefined;
  const permit = desk.table.permits(counter)?.find(permitId);
  return permit && permit.untilMs > at.steadyMs ? permit : undefined;
}

function isCounting({ table }: Desk, counter: Counter, at: Moment): boolean {
  return ifLive(table.state(counter), at) !== undefined;
}
