import type { Call } from '../../ports/call.ts';
import type { CounterRequest, Decision } from '../../ports/counter-store.ts';
import { DomainError, ValidationFailed } from '../errors.ts';
import type { StoreErrorRule } from './named-policy.ts';
import { STORE_ERROR_RULES } from './named-policy.ts';

/** Who made a decision: the store, what this instance had of it, or the rule for when it can not be asked. */
export const DECIDERS = ['store', 'lease', 'block-cache', ...STORE_ERROR_RULES] as const satisfies readonly (
  | 'store'
  | NonNullable<Decision['decidedBy']>
  | StoreErrorRule
)[];
export type DecidedBy = (typeof DECIDERS)[number];

export interface Judgement {
  readonly decision: Decision;
  readonly decidedBy: DecidedBy;
  /** Whether the denial is owed to the failure of the store: the caller may well be within its limit. */
  readonly isOutage: boolean;
}

/** Whether an error is about the request or its caller, and not about the counters. */
export function isCallersOwn(error: unknown, { signal }: Call): boolean {
  return error instanceof ValidationFailed || (signal.aborted && error === signal.reason);
}

/** Whether an error is one that stores are known to have. */
export function isStoreTrouble(error: unknown): boolean {
  return error instanceof DomainError && error.code.startsWith('store-');
}

/** Whether a judgement is a guess, because the counters could not be asked. */
export function isDegraded({ decidedBy }: Judgement): boolean {
  return decidedBy === 'local' || decidedBy === 'open' || decidedBy === 'closed';
}

export function judgedByStore(decision: Decision): Judgement {
  return { decision, decidedBy: decision.decidedBy ?? 'store', isOutage: false };
}

/** What nobody counts. */
export function letPass({ policy: { limit } }: CounterRequest): Judgement {
  const decision = { allowed: true, remaining: limit, retryAfterMs: 0, resetAfterMs: 0 };
  return { decision, decidedBy: 'open', isOutage: false };
}

/** Soon enough after a store is back, and no burden to one that is not. */
const ASK_AGAIN_MS = 1000;

export function letNonePass(): Judgement {
  const decision = { allowed: false, remaining: 0, retryAfterMs: ASK_AGAIN_MS, resetAfterMs: ASK_AGAIN_MS };
  return { decision, decidedBy: 'closed', isOutage: true };
}

/** An instance's part of a limit that so many share; all parts together are at least the limit. */
export function shareOf(limit: number, instances: number): number {
  return Math.ceil(limit / instances);
}

/** A decision under a part of the limit. What is over the part and not over the limit may pass when the store is back. */
export function judgedLocally(
  decision: Decision,
  { policy, cost }: CounterRequest,
  share: number,
): Judgement {
  const isOutage = !decision.allowed && share < policy.limit && cost <= policy.limit;
  const waits = isOutage && !Number.isFinite(decision.retryAfterMs);
  return {
    decision: waits ? { ...decision, retryAfterMs: ASK_AGAIN_MS } : decision,
    decidedBy: 'local',
    isOutage,
  };
}
