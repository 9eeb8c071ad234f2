import { LRUCache } from 'lru-cache';
import { isPlain } from '../../domain/limits/plain-request.ts';
import type { Policy } from '../../domain/limits/policy.ts';
import type { CounterRequest, Decision } from '../../ports/counter-store.ts';
import type { CounterId, Flight } from './flights.ts';
import { createFlights } from './flights.ts';
import { GRAIN_MS } from './grain.ts';

export interface DenialsOptions {
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  readonly holdMs: (request: CounterRequest) => number;
  readonly maxKeys: number;
}

export interface Departure {
  readonly requests: readonly CounterRequest[];
  readonly flights: readonly Flight[];
  readonly atMs: number;
}

/** Denials that still hold. */
export interface Denials {
  /** `undefined`: the store has to be asked. */
  find(request: CounterRequest): Decision | undefined;
  /** Before the store is asked. */
  depart(requests: readonly CounterRequest[]): Departure;
  /** With the answer; `undefined`: there was none, and units may have been taken. */
  arrive(departure: Departure, decisions: readonly Decision[] | undefined): void;
  /** Forgets what is known of a counter under limits below `belowLimit` (default: any), and what those bring who are asking now. */
  drop(counter: CounterId, belowLimit?: number): void;
  dropKey(key: string): void;
  keys(): number;
}

/** On this instance's clock, in milliseconds; `Infinity`: for ever. */
interface Denial {
  readonly policy: Policy;
  readonly heldUntilMs: number;
  readonly passesAtMs: number;
  readonly wholeAtMs: number;
}

/** Of one key, by algorithm, window and limit. Callers choose these, so there must be a bound. */
const MOST_OF_A_KEY = 8;

export function createDenials({ clock, holdMs, maxKeys }: DenialsOptions): Denials {
  const shelves = new LRUCache<string, readonly Denial[]>({ max: maxKeys });
  const flights = createFlights();

  function keep(request: CounterRequest, decision: Decision, askedMs: number): void {
    const { key, policy } = request;
    const waitMs = Math.min(decision.retryAfterMs - GRAIN_MS, holdMs(request));
    if (waitMs <= 0) return;
    const denial = denialOf(policy, decision, askedMs + waitMs, clock());
    const others = (shelves.get(key) ?? []).filter((each) => !isSame(each.policy, policy));
    shelves.set(key, [denial, ...others].slice(0, MOST_OF_A_KEY));
  }

  function drop({ key, policy }: CounterId, belowLimit = Number.POSITIVE_INFINITY): void {
    flights.outdate({ key, policy }, belowLimit);
    const shelf = shelves.get(key);
    const left = shelf?.filter((each) => !isOf(policy, each.policy) || each.policy.limit >= belowLimit);
    if (left?.length === 0) shelves.delete(key);
    else if (left?.length !== shelf?.length) shelves.set(key, left);
  }

  return {
    find({ key, policy }) {
      const denial = shelves.get(key)?.find((each) => isSame(each.policy, policy));
      if (denial === undefined) return undefined;
      const nowMs = clock();
      return nowMs < denial.heldUntilMs ? decisionOf(denial, nowMs) : undefined;
    },

    depart: (requests) => ({ requests, flights: requests.map(flights.join), atMs: clock() }),

    arrive({ requests, flights: joined, atMs }, decisions) {
      const fresh = joined.map(({ isFresh }) => isFresh);
      for (const flight of joined) flights.leave(flight);
      for (const [index, request] of requests.entries()) {
        const decision = decisions?.[index];
        const below = changedBelow(request, decision, requests.length);
        if (below > 0) drop(request, below);
        if (decision && fresh[index] && isLasting(request, decision)) keep(request, decision, atMs);
      }
    },

    drop,
    dropKey(key) {
      flights.outdateKey(key);
      shelves.delete(key);
    },
    keys: () => shelves.size,
  };
}

/**
 * Whether nothing but time, or one of the calls that drop it, can change a denial before it is over. While not one unit is there
 * nobody can take one, and the wait for the first does not move. A denial of more units is another matter: some may come back
 * meanwhile, be shown as `remaining`, and be taken by somebody else.
 */
function isLasting(request: CounterRequest, { allowed }: Decision): boolean {
  return isPlain(request) && request.cost === 1 && !allowed;
}

/**
 * Under limits below how much what was known may have changed. Units that were taken make the waits longer, but only where the limit
 * is lower: where it is not, there were none. A denial leaves all as it was, but that of one request of several may be by
 * units that others hold for a moment.
 */
function changedBelow(
  { policy, chargeDenied }: CounterRequest,
  decision: Decision | undefined,
  requests: number,
): number {
  if (decision === undefined || (!decision.allowed && requests > 1)) return Number.POSITIVE_INFINITY;
  return decision.allowed || chargeDenied ? policy.limit : 0;
}

function denialOf(policy: Policy, decision: Decision, heldUntilMs: number, arrivedMs: number): Denial {
  const passesAtMs = arrivedMs + decision.retryAfterMs;
  return { policy, heldUntilMs, passesAtMs, wholeAtMs: arrivedMs + decision.resetAfterMs };
}

function decisionOf({ passesAtMs, wholeAtMs }: Denial, nowMs: number): Decision {
  return {
    allowed: false,
    remaining: 0,
    retryAfterMs: Math.ceil(passesAtMs - nowMs),
    resetAfterMs: Math.ceil(wholeAtMs - nowMs),
    decidedBy: 'block-cache',
  };
}

function isOf(one: Omit<Policy, 'limit'>, other: Omit<Policy, 'limit'>): boolean {
  return one.windowMs === other.windowMs && one.algorithm === other.algorithm;
}

function isSame(one: Policy, other: Policy): boolean {
  return one.limit === other.limit && isOf(one, other);
}
