import type { NamedPolicy } from '../../domain/limits/named-policy.ts';
import { readPolicies } from '../../domain/limits/named-policy.ts';
import type { CountingAlgorithm } from '../../domain/limits/policy.ts';
import { COUNTING_ALGORITHMS } from '../../domain/limits/policy.ts';
import type { Call } from '../../ports/call.ts';
import type { CounterStore } from '../../ports/counter-store.ts';
import type { Access } from './access-reader.ts';

/** Policies that decide together, on counters of their own. */
export interface Lane {
  /** Of the policy; of all of them together `all together`. */
  readonly name: string;
  /** All must pass, or nothing is taken. */
  readonly policies: readonly NamedPolicy[];
}

/**
 * Each policy under each algorithm, or under its own where its text names one; then all that may deny together, as they are
 * configured, unless there is but one. @throws {PolicySyntaxError}
 */
export function lanesOf(texts: readonly string[]): readonly Lane[] {
  const policies = readPolicies(texts.join(','));
  const alone = policies.flatMap((policy) =>
    algorithmsOf(policy, texts).map((algorithm) => ({
      name: policy.name,
      policies: [{ ...policy, algorithm }],
    })),
  );
  const enforced = policies.filter(({ isShadow }) => !isShadow);
  return enforced.length < 2 ? alone : [...alone, { name: 'all together', policies: enforced }];
}

function algorithmsOf(policy: NamedPolicy, texts: readonly string[]): readonly CountingAlgorithm[] {
  const parts = texts
    .flatMap((text) => text.split(','))
    .find((text) => text.trim().startsWith(`${policy.name}=`))
    ?.split(':');
  const isNamed = parts?.some((part) => part.trim() === policy.algorithm) ?? false;
  return isNamed ? [policy.algorithm] : COUNTING_ALGORITHMS;
}

/** Whether a request passes all policies of a lane. */
export async function decide(
  counters: Pick<CounterStore, 'consume' | 'consumeAll'>,
  { policies }: Lane,
  { client, cost }: Access,
  call: Call,
): Promise<boolean> {
  const [first, ...others] = policies;
  if (first !== undefined && others.length === 0)
    return (await counters.consume({ key: client, policy: first, cost }, call)).allowed;
  const requests = policies.map((policy) => ({ key: client, policy, cost }));
  const decisions = await counters.consumeAll(requests, call);
  return decisions.every(({ allowed }) => allowed);
}
