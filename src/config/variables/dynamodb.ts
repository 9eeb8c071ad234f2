import type { Variable } from '../variable.ts';
import { milliseconds, oneOf, pattern, range, tags, url, wholeNumber } from '../variable.ts';

const tableName = pattern(/^[A-Za-z0-9_.-]{3,255}$/, '3 to 255 letters, digits or any of `_ . -`');

const CONNECTION = {
  AWS_REGION: {
    ...pattern(/^[a-z]{2}(-[a-z]+)+-\d$/, 'the name of an AWS region'),
    description:
      "The region of the DynamoDB tables. Credentials come from the AWS SDK's default chain (roles, profiles, the environment) and from nowhere else.",
    example: 'eu-central-1',
  },
  AWS_ENDPOINT_URL_DYNAMODB: {
    schema: url('http:', 'https:'),
    expected: 'an http:// or https:// URL',
    description: "A DynamoDB server in place of AWS's own, for local runs and tests.",
    example: 'http://127.0.0.1:8000',
  },
  AWS_ENDPOINT_URL: {
    schema: url('http:', 'https:'),
    expected: 'an http:// or https:// URL',
    description: 'The same for every AWS service; `AWS_ENDPOINT_URL_DYNAMODB` comes first.',
    example: 'http://127.0.0.1:4566',
  },
  DYNAMODB_CONNECT_TIMEOUT_MS: {
    ...milliseconds(10, 60_000),
    description: 'How long a connection to DynamoDB, or the wait for a free one, may take. Milliseconds.',
    default: '500',
    example: '500',
  },
  DYNAMODB_REQUEST_TIMEOUT_MS: {
    ...milliseconds(10, 60_000),
    description: 'How long one attempt of a request to DynamoDB may take. Milliseconds.',
    default: '1000',
    example: '1000',
  },
  DYNAMODB_MAX_ATTEMPTS: {
    ...wholeNumber(1, 10),
    description: 'Attempts of a request, the first included. Counters always have one.',
    default: '3',
    example: '3',
  },
  DYNAMODB_MAX_CONNECTIONS: {
    ...wholeNumber(1, 1000),
    description: 'Connections of one instance to DynamoDB.',
    default: '128',
    example: '128',
  },
} as const satisfies Record<string, Variable>;

const TABLES = {
  DYNAMODB_DISCOVERY_TABLE: {
    ...tableName,
    description: 'The table of hot programs and ranked lists.',
    default: 'mediamesh-discovery-hot-data',
    example: 'mediamesh-discovery-hot-data',
  },
  DYNAMODB_SEARCH_TABLE: {
    ...tableName,
    description: 'The table of search documents.',
    default: 'mediamesh-search-index',
    example: 'mediamesh-search-index',
  },
  DYNAMODB_RATE_LIMIT_TABLE: {
    ...tableName,
    description: 'The table of rate-limit counters.',
    default: 'mediamesh-rate-limits',
    example: 'mediamesh-rate-limits',
  },
  DYNAMODB_ACTIVITY_TABLE: {
    ...tableName,
    description: 'The table of views, trends and recently viewed programs.',
    default: 'mediamesh-activity',
    example: 'mediamesh-activity',
  },
  DYNAMODB_INDEX_SHARDS: {
    ...wholeNumber(1, 64),
    description:
      "Into how many partitions each index key is spread (`drama#0`, `drama#1`, ...); 1 keeps the guide's plain keys. Changing it needs a new backfill.",
    default: '4',
    example: '1',
  },
} as const satisfies Record<string, Variable>;

/** What `mediamesh tables apply` makes and `tables diff` compares with. */
const PROVISIONING = {
  DYNAMODB_BILLING_MODE: {
    ...oneOf(['PAY_PER_REQUEST', 'PROVISIONED']),
    description: 'How the tables are paid for.',
    default: 'PAY_PER_REQUEST',
    example: 'PROVISIONED',
  },
  DYNAMODB_MAX_READ_UNITS: {
    ...wholeNumber(1, 1_000_000),
    description:
      'With `PAY_PER_REQUEST`: the most read units a second of each table and each index. No cap when absent.',
    example: '4000',
  },
  DYNAMODB_MAX_WRITE_UNITS: {
    ...wholeNumber(1, 1_000_000),
    description:
      'With `PAY_PER_REQUEST`: the most write units a second of each table and each index. No cap when absent.',
    example: '1000',
  },
  DYNAMODB_PROVISIONED_READ_UNITS: {
    ...range(1, 1_000_000),
    description: 'With `PROVISIONED`: read units of each table and each index, from-to, scaled in between.',
    default: '5-500',
    example: '50-2000',
  },
  DYNAMODB_PROVISIONED_WRITE_UNITS: {
    ...range(1, 1_000_000),
    description: 'With `PROVISIONED`: write units of each table and each index, from-to, scaled in between.',
    default: '5-500',
    example: '50-1000',
  },
  DYNAMODB_TARGET_UTILIZATION: {
    ...wholeNumber(20, 90),
    description: 'With `PROVISIONED`: the utilisation that scaling aims at. Per cent.',
    default: '70',
    example: '70',
  },
  DYNAMODB_DELETION_PROTECTION: {
    ...oneOf(['on', 'off']),
    description: 'Whether the tables are protected against deletion.',
    default: 'on',
    example: 'off',
  },
  DYNAMODB_POINT_IN_TIME_RECOVERY: {
    ...oneOf(['on', 'off']),
    description:
      'Whether the tables can be restored to any second of the last 35 days; the rate limits never are.',
    default: 'on',
    example: 'off',
  },
  DYNAMODB_TAGS: {
    ...tags(),
    description: 'Tags of the tables.',
    example: 'team=discovery,environment=production',
  },
} as const satisfies Record<string, Variable>;

export const DYNAMODB = { ...CONNECTION, ...TABLES, ...PROVISIONING } as const;
