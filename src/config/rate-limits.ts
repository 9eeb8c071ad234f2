import type { NamedPolicy } from '../domain/limits/named-policy.ts';
import type { Values } from './variables.ts';

export interface RateLimitsConfig {
  /** Of the API itself; none: nothing is counted. */
  readonly policies: readonly NamedPolicy[];
  readonly fields: Values['RATE_LIMIT_FIELDS'];
  readonly byApiKey: boolean;
  readonly ipv6PrefixBits: number;
  readonly exemptAddresses: readonly string[];
  readonly exemptKeys: readonly string[];
  readonly onStoreError: Values['RATE_LIMIT_ON_STORE_ERROR'];
  readonly timeoutMs: number;
  /** `undefined`: as many as there are seen. */
  readonly instances: number | undefined;
  readonly blockCache: boolean;
  readonly coalescing: boolean;
  readonly leases: boolean;
}

export function toRateLimits(values: Values): RateLimitsConfig {
  return {
    policies: policiesOf(values),
    fields: values.RATE_LIMIT_FIELDS,
    byApiKey: values.RATE_LIMIT_IDENTITY === 'api-key',
    ipv6PrefixBits: values.RATE_LIMIT_IPV6_PREFIX,
    exemptAddresses: values.RATE_LIMIT_EXEMPT ?? [],
    exemptKeys: values.RATE_LIMIT_EXEMPT_KEYS ?? [],
    onStoreError: values.RATE_LIMIT_ON_STORE_ERROR,
    timeoutMs: values.RATE_LIMIT_TIMEOUT_MS,
    instances: values.RATE_LIMIT_INSTANCES,
    blockCache: values.RATE_LIMIT_BLOCK_CACHE === 'on',
    coalescing: values.RATE_LIMIT_COALESCING === 'on',
    leases: values.RATE_LIMIT_LEASES === 'on',
  };
}

function policiesOf({
  RATE_LIMIT_MODE: mode,
  RATE_LIMIT_POLICIES: policies,
}: Values): readonly NamedPolicy[] {
  if (mode === 'off') return [];
  return mode === 'enforce' ? policies : policies.map((policy) => ({ ...policy, isShadow: true }));
}
