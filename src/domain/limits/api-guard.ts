import type { Call } from '../../ports/call.ts';
import type { Decision } from '../../ports/counter-store.ts';
import type { LimitDecision } from '../../ports/telemetry.ts';
import type { NamedPolicy, StoreErrorRule } from './named-policy.ts';
import type { ResilientCounters, RuledRequest } from './resilient-counters.ts';
import type { Judgement } from './store-trouble.ts';
import { isDegraded } from './store-trouble.ts';

/** What became of a request under one policy. */
export interface PolicyDecision {
  readonly policy: NamedPolicy;
  readonly decision: Decision;
}

export interface Admission {
  /** `denied`: a limit is reached. `unavailable`: the counters can not be asked, and the rule for that lets nothing more pass. */
  readonly outcome: 'admitted' | 'denied' | 'unavailable';
  /** Of the policies in force, in their order; those in shadow mode are not told. */
  readonly items: readonly PolicyDecision[];
  /** Names of the policies that deny. */
  readonly violated: readonly string[];
  /** Milliseconds until the same request passes if nobody else comes; 0 when admitted, `Infinity` when it never will. */
  readonly retryAfterMs: number;
  /** Whether it is a guess, because the counters could not be asked. */
  readonly degraded: boolean;
}

/** Decides on the calls of one route: takes the units of all its policies, or of none. */
export type Gate = (subject: string, cost: number, call: Call) => Promise<Admission>;

export interface ApiGuard {
  /** The gate of a route with these policies; with none, all are admitted. Made once, asked often. */
  gate(policies: readonly NamedPolicy[]): Gate;
}

export interface ApiGuardDeps {
  readonly counters: Pick<ResilientCounters, 'consume' | 'consumeAll'>;
  /** For policies that name no rule of their own. */
  readonly onStoreError: StoreErrorRule;
  /** Hears of each policy's decision. */
  readonly onDecision: (decision: LimitDecision) => void;
}

/**
 * Decides whether callers of an API may go on. Policies for all calls are counters of one key, so that they are one round trip and
 * one entry of the store; one that is for some routes has a key of its own, which several of them may share.
 */
export function createApiGuard(deps: ApiGuardDeps): ApiGuard {
  return {
    gate(policies) {
      const rules = rulesOf(policies, deps.onStoreError);
      const inForce = rules.filter(({ policy }) => !policy.isShadow);
      const inShadow = rules.filter(({ policy }) => policy.isShadow);
      return async (subject, cost, call) => {
        // One in shadow mode must not deny those in force, nor they it.
        const shadowed = inShadow.map((rule) => judge(deps, [rule], subject, cost, call));
        const judged = await judge(deps, inForce, subject, cost, call);
        for (const each of shadowed) await each;
        return admissionOf(judged);
      };
    },
  };
}

/** A policy as the counters are asked for it. */
interface Rule {
  readonly policy: NamedPolicy;
  readonly keyPrefix: string;
  readonly onStoreError: StoreErrorRule;
}

interface Judged extends Judgement {
  readonly policy: NamedPolicy;
}

/** Begins with a character that no key of the rate limits as a service may have: nobody can spend or reset what is another's. */
const NAMESPACE = '\u001fapi';

function rulesOf(policies: readonly NamedPolicy[], byDefault: StoreErrorRule): readonly Rule[] {
  return policies.map((policy) => ({
    policy,
    keyPrefix: policy.routes.length === 0 ? `${NAMESPACE} ` : `${NAMESPACE}/${policy.name} `,
    onStoreError: policy.onStoreError ?? byDefault,
  }));
}

async function judge(
  { counters, onDecision }: ApiGuardDeps,
  rules: readonly Rule[],
  subject: string,
  cost: number,
  call: Call,
): Promise<readonly Judged[]> {
  const requests = rules.map(
    ({ policy, keyPrefix, onStoreError }): RuledRequest => ({
      key: keyPrefix + subject,
      policy,
      cost,
      onStoreError,
    }),
  );
  const [only] = requests;
  if (only === undefined) return [];
  const judgements =
    requests.length === 1 ? [await counters.consume(only, call)] : await counters.consumeAll(requests, call);
  return judgements.flatMap((judgement, index) => {
    const policy = rules[index]?.policy;
    if (policy === undefined) return [];
    const judged = { ...judgement, policy };
    onDecision(heard(judged));
    return [judged];
  });
}

function heard({ policy, decision, decidedBy }: Judged): LimitDecision {
  const denied = policy.isShadow ? 'shadow-denied' : 'denied';
  return { policy: policy.name, outcome: decision.allowed ? 'allowed' : denied, decidedBy };
}

function admissionOf(judged: readonly Judged[]): Admission {
  const denials = judged.filter(({ decision }) => !decision.allowed);
  return {
    outcome: outcomeOf(denials),
    items: judged,
    violated: denials.map(({ policy }) => policy.name),
    retryAfterMs: denials.reduce((longest, { decision }) => Math.max(longest, decision.retryAfterMs), 0),
    degraded: judged.some(isDegraded),
  };
}

/** One true limit that is reached is reason enough. */
function outcomeOf(denials: readonly Judged[]): Admission['outcome'] {
  if (denials.length === 0) return 'admitted';
  return denials.every(({ isOutage }) => isOutage) ? 'unavailable' : 'denied';
}
