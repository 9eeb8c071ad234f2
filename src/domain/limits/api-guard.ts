import type { Call } from '../../ports/call.ts';
import type { LimitDecision } from '../../ports/telemetry.ts';
import type { NamedPolicy, StoreErrorRule } from './named-policy.ts';
import type { ResilientCounters, RuledRequest } from './resilient-counters.ts';
import type { Judgement } from './store-trouble.ts';
import { isDegraded } from './store-trouble.ts';

/** What became of a request under one policy. */
export interface PolicyDecision extends Judgement {
  readonly policy: NamedPolicy;
}

export interface Admission {
  /** `denied`: a limit is reached. `unavailable`: the counters can not be asked, and the rule for that lets nothing more pass. */
  readonly outcome: 'admitted' | 'denied' | 'unavailable';
  /**
   * Of the policies in force, in their order; those in shadow mode are not told. Of a denial that was known without asking, the
   * one that denies alone.
   */
  readonly items: readonly PolicyDecision[];
  /** Names of the policies that deny. */
  readonly violated: readonly string[];
  /** Milliseconds until the same request passes if nobody else comes; 0 when admitted, `Infinity` when it never will. */
  readonly retryAfterMs: number;
  /** Whether it is a guess, because the counters could not be asked. */
  readonly degraded: boolean;
}

/** Decides on the calls of one route: takes the units of all its policies, or of none. */
export interface Gate {
  /** At once; `undefined`: it takes waiting, and nothing was taken. */
  admitNow(subject: string, cost: number): Admission | undefined;
  admit(subject: string, cost: number, call: Call): Promise<Admission>;
}

export interface ApiGuard {
  /** The gate of a route with these policies; with none, all are admitted. Made once, asked often. */
  gate(policies: readonly NamedPolicy[]): Gate;
}

export interface ApiGuardDeps {
  readonly counters: Pick<ResilientCounters, 'consume' | 'consumeAll' | 'consumeNow' | 'knownDenial'>;
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
  const { counters } = deps;
  return {
    gate(policies) {
      const rules = rulesOf(policies, deps.onStoreError);
      const inForce = rules.filter(({ policy }) => !policy.isShadow);
      // One in shadow mode must not deny those in force, nor they it.
      const inShadow = rules.filter(({ policy }) => policy.isShadow).map((rule) => [rule]);
      return {
        admitNow(subject, cost) {
          const requests = requestsOf(inForce, subject, cost);
          const judgements = counters.consumeNow(requests);
          // Those in shadow mode count every call.
          if (judgements === undefined)
            return inShadow.length > 0 ? undefined : knownDenial(deps, inForce, requests);
          for (const rule of inShadow) {
            const shadowed = counters.consumeNow(requestsOf(rule, subject, cost));
            if (shadowed !== undefined) tell(deps, rule, shadowed);
          }
          tell(deps, inForce, judgements);
          return admissionOf(inForce, judgements);
        },
        async admit(subject, cost, call) {
          const [judgements] = await Promise.all(
            [inForce, ...inShadow].map(async (each) => {
              const judged = await judge(deps, requestsOf(each, subject, cost), call);
              tell(deps, each, judged);
              return judged;
            }),
          );
          return admissionOf(inForce, judgements ?? []);
        },
      };
    },
  };
}

/** A client that is known to be over one of its limits is not asked for again. */
function knownDenial(
  deps: ApiGuardDeps,
  rules: readonly Rule[],
  requests: readonly RuledRequest[],
): Admission | undefined {
  for (const [index, request] of requests.entries()) {
    const known = deps.counters.knownDenial(request);
    if (known === undefined) continue;
    const denying = rules.slice(index, index + 1);
    tell(deps, denying, [known]);
    return admissionOf(denying, [known]);
  }
  return undefined;
}

/** A policy as the counters are asked for it. */
interface Rule {
  readonly policy: NamedPolicy;
  readonly keyPrefix: string;
  readonly onStoreError: StoreErrorRule;
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

// With each request: a loop, and for counters of one key the very same text, which stores need not read twice.
function requestsOf(rules: readonly Rule[], subject: string, cost: number): readonly RuledRequest[] {
  const requests: RuledRequest[] = [];
  let key = '';
  let prefix: string | undefined;
  for (const { policy, keyPrefix, onStoreError } of rules) {
    if (keyPrefix !== prefix) key = keyPrefix + subject;
    prefix = keyPrefix;
    requests.push({ key, policy, cost, onStoreError });
  }
  return requests;
}

async function judge(
  { counters }: ApiGuardDeps,
  requests: readonly RuledRequest[],
  call: Call,
): Promise<readonly Judgement[]> {
  const [only] = requests;
  if (only === undefined) return [];
  return requests.length === 1 ? [await counters.consume(only, call)] : counters.consumeAll(requests, call);
}

function tell({ onDecision }: ApiGuardDeps, rules: readonly Rule[], judgements: readonly Judgement[]): void {
  for (let index = 0; index < judgements.length; index += 1) {
    const { decision, decidedBy } = judgements[index] as Judgement;
    const { policy } = rules[index] as Rule;
    const denied = policy.isShadow ? 'shadow-denied' : 'denied';
    onDecision({ policy: policy.name, outcome: decision.allowed ? 'allowed' : denied, decidedBy });
  }
}

// With each request: loops, since the lists in between would cost more than the rest.
function admissionOf(rules: readonly Rule[], judgements: readonly Judgement[]): Admission {
  const items: PolicyDecision[] = [];
  let degraded = false;
  let denials: Denials | undefined;
  for (let index = 0; index < judgements.length; index += 1) {
    const judgement = judgements[index] as Judgement;
    const { policy } = rules[index] as Rule;
    const { decision, decidedBy, isOutage } = judgement;
    items.push({ policy, decision, decidedBy, isOutage });
    if (isDegraded(judgement)) degraded = true;
    if (!judgement.decision.allowed) denials = withDenial(denials, policy, judgement);
  }
  if (denials === undefined) return { outcome: 'admitted', items, violated: [], retryAfterMs: 0, degraded };
  return { ...denials, items, degraded };
}

type Denials = Pick<Admission, 'outcome' | 'violated' | 'retryAfterMs'>;

/** One true limit that is reached is reason enough for `denied`. */
function withDenial(
  before: Denials | undefined,
  { name }: NamedPolicy,
  { decision, isOutage }: Judgement,
): Denials {
  const isAllOutage = isOutage && before?.outcome !== 'denied';
  return {
    outcome: isAllOutage ? 'unavailable' : 'denied',
    violated: [...(before?.violated ?? []), name],
    retryAfterMs: Math.max(before?.retryAfterMs ?? 0, decision.retryAfterMs),
  };
}
