import type { Policy } from '../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore, Decision, Refund } from '../../../src/ports/counter-store.ts';
import { createBucket } from './model-bucket.ts';
import { createHolders } from './model-holders.ts';
import { createWindow } from './model-window.ts';

/** What is taken from one counter, kept in the plainest way. */
export interface ModelCounter {
  look(limit: number, cost: number, nowMs: number): Decision;
  take(units: number, limit: number, nowMs: number, permitId?: string): void;
  /** The units of a permit that is known. */
  known(permitId: string, nowMs: number): number | undefined;
  giveBack(cost: number, nowMs: number, permitId?: string): void;
}

type WithoutCall<Method> = Method extends (...args: infer Args) => Promise<infer Answer>
  ? Args extends [...infer Front, unknown]
    ? (...front: Front) => Answer
    : never
  : never;

export type Model = { readonly [Name in keyof CounterStore]: WithoutCall<CounterStore[Name]> };

interface Kept {
  readonly counter: ModelCounter;
  blockedUntilMs: number;
}

/** A `CounterStore` of one caller, written down again from what the port says. */
export function createModel(now: () => number): Model {
  const keys = new Map<string, Map<string, Kept>>();

  function find({ key, policy }: { key: string; policy: Omit<Policy, 'limit'> }): Kept {
    const names = keys.get(key) ?? new Map<string, Kept>();
    keys.set(key, names);
    const name = `${policy.algorithm} ${policy.windowMs}`;
    const kept = names.get(name) ?? { counter: createCounter(policy), blockedUntilMs: 0 };
    names.set(name, kept);
    return kept;
  }

  function peek(request: CounterRequest): Decision {
    const { counter, blockedUntilMs } = find(request);
    const seen = counter.look(request.policy.limit, request.cost, now());
    if (blockedUntilMs > now()) return blocked(seen, blockedUntilMs - now());
    const isKnown = request.permitId !== undefined && counter.known(request.permitId, now()) !== undefined;
    return isKnown ? { ...seen, allowed: true, retryAfterMs: 0 } : seen;
  }

  function pass(request: CounterRequest): Decision {
    const { counter } = find(request);
    const { policy, permitId, cost } = request;
    counter.take(cost, policy.limit, now(), permitId);
    return { ...counter.look(policy.limit, cost, now()), allowed: true, retryAfterMs: 0 };
  }

  function consume(request: CounterRequest): Decision {
    const seen = peek(request);
    if (seen.allowed) return pass(request);
    const isCharged =
      request.chargeDenied && request.policy.algorithm !== 'concurrency' && seen.remaining > 0;
    if (!isCharged) return seen;
    const { counter } = find(request);
    counter.take(seen.remaining, request.policy.limit, now());
    return counter.look(request.policy.limit, request.cost, now());
  }

  return {
    consume,
    peek,
    consumeAll: (requests) => {
      const seen = requests.map(peek);
      return seen.every(({ allowed }) => allowed) ? requests.map(pass) : seen;
    },
    consumeUpTo: (request, least) => {
      const decision = peek({ ...request, cost: least });
      if (!decision.allowed) return { taken: 0, decision };
      const known = request.permitId && find(request).counter.known(request.permitId, now());
      const taken = known || Math.min(request.cost, decision.remaining);
      return { taken, decision: pass({ ...request, cost: taken }) };
    },
    refund: ({ key, policy, cost, permitId }: Refund) =>
      find({ key, policy }).counter.giveBack(cost, now(), permitId),
    block: (key, policy, forMs) => {
      const kept = find({ key, policy });
      kept.blockedUntilMs = Math.max(kept.blockedUntilMs, now() + forMs);
    },
    reset: (key) => {
      keys.delete(key);
    },
  };
}

function createCounter({ algorithm, windowMs }: Omit<Policy, 'limit'>): ModelCounter {
  if (algorithm === 'token-bucket') return createBucket(BigInt(windowMs));
  if (algorithm === 'concurrency') return createHolders(windowMs);
  return algorithm === 'fixed-window' ? createWindow(windowMs, 1, 1) : createWindow(windowMs, 10, 11);
}

function blocked(free: Decision, leftMs: number): Decision {
  const longer = (waitMs: number) => Math.max(waitMs, leftMs);
  return {
    allowed: false,
    remaining: 0,
    retryAfterMs: longer(free.retryAfterMs),
    resetAfterMs: longer(free.resetAfterMs),
  };
}
