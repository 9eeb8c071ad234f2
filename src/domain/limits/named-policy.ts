import type { CountingAlgorithm, CountingPolicy } from './policy.ts';
import { COUNTING_ALGORITHMS, RATE_LIMIT_LIMITS } from './policy.ts';

/**
 * Who decides while the counters can not be asked.
 *
 * - `local`: this instance by itself, with its share of the limit.
 * - `open`: nobody, all pass.
 * - `closed`: nobody, none pass.
 */
export const STORE_ERROR_RULES = ['local', 'open', 'closed'] as const;
export type StoreErrorRule = (typeof STORE_ERROR_RULES)[number];

/** A rule for the callers of an API, by a name that they are told. */
export interface NamedPolicy extends CountingPolicy {
  /** 1 to 32 of `a-z`, `0-9`, `-` and `_`. */
  readonly name: string;
  /** `undefined`: as the service does. */
  readonly onStoreError: StoreErrorRule | undefined;
  /** Decides and counts, and lets all pass. */
  readonly isShadow: boolean;
  /** Operation ids that it is for; empty: every call. */
  readonly routes: readonly string[];
}

export const POLICY_SYNTAX =
  'NAME=LIMIT/WINDOW, such as burst=10/s or hourly=1000/h, then each after a colon: fixed-window, sliding-window or token-bucket; local, open or closed; shadow; routes=OPERATION+OPERATION';

/** A text that names no policy. The message says what is wrong with which part. */
export class PolicySyntaxError extends Error {
  constructor(text: string, problem: string) {
    super(`${JSON.stringify(text)}: ${problem}`);
    this.name = 'PolicySyntaxError';
  }
}

const NAME = /^[a-z0-9_-]{1,32}$/;
const RATE = /^(\d{1,10})\/(\d{0,7}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;
const OPERATION = /^[A-Za-z0-9]{1,64}$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads one policy, as {@link POLICY_SYNTAX} says. @throws {PolicySyntaxError} */
export function readPolicy(text: string): NamedPolicy {
  const [head = '', ...options] = text.trim().split(':');
  const [name = '', rate = ''] = splitOnce(head, '=');
  if (!NAME.test(name))
    throw new PolicySyntaxError(text, `needs a name of a-z, 0-9, - and _, as in ${EXAMPLE}`);
  const read = options.map((option) => readOption(text, option));
  const parts = read.map(([part]) => part);
  const twice = parts.find((part, index) => parts.indexOf(part) < index);
  if (twice !== undefined) throw new PolicySyntaxError(text, `says twice what its ${twice} is`);
  const values: Partial<NamedPolicy> = Object.assign({}, ...read.map(([, value]) => value));
  return { name, ...readRate(text, rate), ...DEFAULTS, ...values };
}

/** Reads policies with commas between. @throws {PolicySyntaxError} one is wrong, or two have one name or would be one counter. */
export function readPolicies(text: string): readonly NamedPolicy[] {
  const texts = text.split(',').filter((each) => each.trim() !== '');
  const policies = texts.map(readPolicy);
  for (const [index, policy] of policies.entries()) {
    const before = policies.slice(0, index);
    const given = texts[index] ?? '';
    if (before.some(({ name }) => name === policy.name))
      throw new PolicySyntaxError(given, `the name ${policy.name} is taken by another policy`);
    const same = before.find((other) => isSameCounter(other, policy));
    if (same !== undefined)
      throw new PolicySyntaxError(
        given,
        `counts the same as ${same.name}: keep the stricter, or change the window`,
      );
  }
  return policies;
}

const EXAMPLE = 'burst=10/s';
const DEFAULTS = {
  algorithm: 'fixed-window',
  onStoreError: undefined,
  isShadow: false,
  routes: [],
} as const satisfies Partial<NamedPolicy>;

/** Policies for every call lie under one key, where algorithm and window tell them apart; others have keys of their own. */
function isSameCounter(one: NamedPolicy, other: NamedPolicy): boolean {
  const areForAll = one.routes.length === 0 && other.routes.length === 0;
  return areForAll && one.algorithm === other.algorithm && one.windowMs === other.windowMs;
}

function readRate(text: string, rate: string): { readonly limit: number; readonly windowMs: number } {
  const [, limit = '', count = '', unit = ''] = RATE.exec(rate.replaceAll('_', '')) ?? [];
  if (limit === '')
    throw new PolicySyntaxError(text, `needs a limit and a window, as in ${EXAMPLE} or hourly=1000/1h`);
  const windowMs = Math.round(Number(count === '' ? 1 : count) * (UNIT_MS[unit] ?? 0));
  const { limit: limits, windowSeconds } = RATE_LIMIT_LIMITS;
  if (Number(limit) < limits.min || Number(limit) > limits.max)
    throw new PolicySyntaxError(text, `the limit must be from ${limits.min} to ${limits.max}`);
  if (windowMs < windowSeconds.min * 1000 || windowMs > windowSeconds.max * 1000)
    throw new PolicySyntaxError(
      text,
      `the window must be from ${windowSeconds.min} s to ${windowSeconds.max / 86_400} d`,
    );
  return { limit: Number(limit), windowMs };
}

type Option = readonly [part: string, values: Partial<NamedPolicy>];

function readOption(text: string, option: string): Option {
  const algorithm = COUNTING_ALGORITHMS.find((each) => each === option);
  if (algorithm !== undefined) return ['algorithm', { algorithm: algorithm satisfies CountingAlgorithm }];
  const onStoreError = STORE_ERROR_RULES.find((each) => each === option);
  if (onStoreError !== undefined) return ['rule for failures', { onStoreError }];
  if (option === 'shadow') return ['mode', { isShadow: true }];
  const [key, list = ''] = splitOnce(option, '=');
  const routes = list.split('+');
  if (key === 'routes' && routes.every((route) => OPERATION.test(route))) return ['routes', { routes }];
  throw new PolicySyntaxError(
    text,
    `${JSON.stringify(option)} is no part of a policy: expected ${POLICY_SYNTAX}`,
  );
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
