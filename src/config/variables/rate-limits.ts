import { z } from 'zod';
import { POLICY_SYNTAX, readPolicies, STORE_ERROR_RULES } from '../../domain/limits/named-policy.ts';
import type { Variable } from '../variable.ts';
import { addressRanges, listOf, milliseconds, oneOf, wholeNumber } from '../variable.ts';

const ON_OFF = ['on', 'off'] as const;

export const RATE_LIMITS = {
  RATE_LIMIT_MODE: {
    ...oneOf(['enforce', 'shadow', 'off']),
    description:
      "What becomes of the API's own rate limits. `shadow`: decided and counted, and all calls pass; `off`: nothing is counted. The rate limits as a service are not concerned.",
    default: 'enforce',
    example: 'shadow',
  },
  RATE_LIMIT_POLICIES: {
    schema: z.string().max(4096).transform(readPolicies),
    expected: `policies with commas between, each ${POLICY_SYNTAX}`,
    description:
      "The API's own rate limits, for each client. A call needs room under all policies that are for it, and takes from all or none. Without `routes` a policy is for every call.",
    default: 'burst=1000/s:token-bucket',
    example: 'burst=10/s,hourly=1000/h,search=5/s:sliding-window:routes=search',
  },
  RATE_LIMIT_IDENTITY: {
    ...oneOf(['address', 'api-key']),
    description:
      'What a client is told by. `api-key`: the key of `Authorization: Bearer`, else the address; for where something in front checks the keys, since with ever new ones nobody is ever limited.',
    default: 'address',
    example: 'api-key',
  },
  RATE_LIMIT_IPV6_PREFIX: {
    ...wholeNumber(48, 64),
    description:
      'How many bits of an IPv6 address tell one client from another: who gets a /56 or a /48 from a provider has many a /64.',
    default: '64',
    example: '56',
  },
  RATE_LIMIT_EXEMPT: {
    ...addressRanges(),
    description: 'Addresses and CIDRs whose calls are not counted, with commas between.',
    example: '10.0.0.0/8,2001:db8::/32',
  },
  RATE_LIMIT_EXEMPT_KEYS: {
    ...listOf(/^[\x21-\x7e]{1,1024}$/, 'API keys with commas between'),
    description: 'API keys whose calls are not counted; `RATE_LIMIT_IDENTITY=api-key` alone looks at keys.',
    example: 'the-key-of-the-probe',
    secret: true,
  },
  RATE_LIMIT_FIELDS: {
    ...oneOf(['draft-11', 'legacy', 'both', 'none']),
    description:
      'Header fields that tell clients their limits. `draft-11`: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11; `legacy`: `X-RateLimit-Limit`, `-Remaining` and `-Reset`.',
    default: 'draft-11',
    example: 'both',
  },
  TRUSTED_PROXIES: {
    ...addressRanges(),
    description:
      'Addresses and CIDRs of the proxies whose `X-Forwarded-For` is believed. Without them all clients behind a proxy are one.',
    example: '10.0.0.0/8',
  },
  RATE_LIMIT_ON_STORE_ERROR: {
    ...oneOf(STORE_ERROR_RULES),
    description:
      'Who decides while the counters can not be asked: `local`, this instance with its share of the limit; `open`, nobody, and all pass; `closed`, nobody, and none pass. A policy may name its own.',
    default: 'local',
    example: 'open',
  },
  RATE_LIMIT_TIMEOUT_MS: {
    ...milliseconds(1, 60_000),
    description: 'How long counters of another process may take to answer. Milliseconds.',
    default: '50',
    example: '50',
  },
  RATE_LIMIT_INSTANCES: {
    ...wholeNumber(1, 100_000),
    description:
      "How many instances share the limits, for this one's share. Default: as many as have checked in at the database of late.",
    example: '4',
  },
  RATE_LIMIT_BLOCK_CACHE: {
    ...oneOf(ON_OFF),
    description:
      'Keep in mind which counters are used up, and ask them no more until they have units again; what another instance gives back is seen up to a second late.',
    default: 'on',
    example: 'off',
  },
  RATE_LIMIT_COALESCING: {
    ...oneOf(ON_OFF),
    description: 'Ask once for all checks of one counter that arrive together.',
    default: 'on',
    example: 'off',
  },
  RATE_LIMIT_LEASES: {
    ...oneOf(ON_OFF),
    description:
      'Take units of counters that are asked very often several at a time, for a tenth of a second at most. The limit stays exact.',
    default: 'on',
    example: 'off',
  },
} as const satisfies Record<string, Variable>;
