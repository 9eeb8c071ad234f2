import type { TestDynamodb } from './dynamodb.ts';

const CREDENTIALS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'HOME',
];

/** The environment that makes a process of ours work with these tables. */
export function dynamodbEnv({ endpoint, region, tables }: TestDynamodb): Record<string, string> {
  const { env } = process;
  return {
    ...Object.fromEntries(CREDENTIALS.map((name) => [name, env[name] ?? ''])),
    AWS_REGION: region,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    DYNAMODB_DISCOVERY_TABLE: tables.discovery,
    DYNAMODB_SEARCH_TABLE: tables.search,
    DYNAMODB_RATE_LIMIT_TABLE: tables.rateLimits,
    DYNAMODB_ACTIVITY_TABLE: tables.activity,
    DYNAMODB_DELETION_PROTECTION: 'off',
    // Machines that are busy with tests are slow.
    DYNAMODB_CONNECT_TIMEOUT_MS: '10000',
    DYNAMODB_REQUEST_TIMEOUT_MS: '10000',
  };
}
