import { Type } from 'typebox';
import { BATCH_MODES } from '../../domain/limits/check-rate-limit.ts';
import { COUNTING_ALGORITHMS, RATE_LIMIT_LIMITS } from '../../domain/limits/policy.ts';
import { DECIDERS } from '../../domain/limits/store-trouble.ts';
import { ref, text, wholeNumber } from './common.ts';

const key = text(RATE_LIMIT_LIMITS.key.min, RATE_LIMIT_LIMITS.key.max, {
  description:
    'What is counted: any text without control characters. Keys that differ in one character never share a counter.',
  examples: ['login:user-42'],
});

const policy = {
  limit: Type.Integer({
    minimum: RATE_LIMIT_LIMITS.limit.min,
    maximum: RATE_LIMIT_LIMITS.limit.max,
    description: 'Units that a window lets through.',
    examples: [100],
  }),
  windowSeconds: Type.Number({
    minimum: RATE_LIMIT_LIMITS.windowSeconds.min,
    maximum: RATE_LIMIT_LIMITS.windowSeconds.max,
    default: RATE_LIMIT_LIMITS.windowSeconds.default,
    description: 'Length of the window, to the millisecond; 31 days at most.',
    examples: [60],
  }),
  algorithm: Type.Enum([...COUNTING_ALGORITHMS], {
    default: COUNTING_ALGORITHMS[0],
    description:
      '`fixed-window`: windows aligned to the epoch; `sliding-window`: never more in any span of a window; `token-bucket`: refills evenly.',
    examples: ['sliding-window'],
  }),
  cost: Type.Integer({
    minimum: RATE_LIMIT_LIMITS.cost.min,
    maximum: RATE_LIMIT_LIMITS.cost.max,
    default: RATE_LIMIT_LIMITS.cost.default,
    description: 'Units that the request takes: all of them or none.',
    examples: [1],
  }),
};

export const RateLimitCheck = Type.Object(
  { key, ...policy },
  {
    $id: 'RateLimitCheck',
    additionalProperties: false,
    description: 'May this happen now?',
    examples: [{ key: 'login:user-42', limit: 5, windowSeconds: 60, algorithm: 'sliding-window' }],
  },
);

export const RateLimitStatus = Type.Object(
  {
    allowed: Type.Boolean({ description: 'Whether it may happen.', examples: [true] }),
    limit: policy.limit,
    remaining: wholeNumber('Units that would still pass now.', 4),
    resetAt: wholeNumber('When the whole limit is there again if nobody comes: Unix seconds.', 1_769_890_500),
    retryAfterSeconds: Type.Unsafe<number | null>({
      type: ['number', 'null'],
      minimum: 0,
      description: 'Seconds until the same request passes; 0 when allowed, `null` when it never can.',
      examples: [0],
    }),
    degraded: Type.Boolean({
      description: 'Whether the counters could not be asked and the answer is a guess.',
      examples: [false],
    }),
    decidedBy: Type.Enum([...DECIDERS], {
      description:
        'Who decided: `store`, the counters; `lease`, units that this instance had taken before; `block-cache`, a denial that still holds. While the counters can not be asked, as the service is configured: `local`, this instance with its share of the limit; `open`, nobody, and all pass; `closed`, nobody, and none pass.',
      examples: ['store'],
    }),
  },
  { $id: 'RateLimitStatus', additionalProperties: false, description: 'A decision, as of the answer.' },
);

const { min: fewest, max: most } = RATE_LIMIT_LIMITS.checks;

export const RateLimitBatch = Type.Object(
  {
    checks: Type.Array(ref('RateLimitCheck'), {
      minItems: fewest,
      maxItems: most,
      description: `${fewest} to ${most} checks.`,
    }),
    mode: Type.Enum([...BATCH_MODES], {
      default: BATCH_MODES[0],
      description:
        '`each`: every check takes its units if they are there, those of one key in order; `all-or-nothing`: units are taken if every check passes, else none are, and no two checks may be of one key, algorithm and window.',
      examples: ['all-or-nothing'],
    }),
  },
  {
    $id: 'RateLimitBatch',
    additionalProperties: false,
    description: 'May these happen now?',
    examples: [
      {
        checks: [
          { key: 'login:user-42', limit: 10, windowSeconds: 1, algorithm: 'token-bucket' },
          { key: 'login:user-42', limit: 1000, windowSeconds: 3600, algorithm: 'sliding-window' },
        ],
        mode: 'all-or-nothing',
      },
    ],
  },
);

export const RateLimitBatchStatus = Type.Object(
  {
    allowed: Type.Boolean({ description: 'Whether every check passes.', examples: [true] }),
    items: Type.Array(ref('RateLimitStatus'), {
      description:
        'The decisions, in the order of the checks. Where all or nothing was asked and nothing was taken, each says whether its check would pass by itself.',
    }),
  },
  { $id: 'RateLimitBatchStatus', additionalProperties: false, description: 'Decisions, as of the answer.' },
);

export const keyParams = Type.Object({ key }, { additionalProperties: false });
export const policyQuery = Type.Object(policy, { additionalProperties: false });
