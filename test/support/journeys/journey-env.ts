import type { TestDynamodb } from '../dynamodb.ts';
import { dynamodbEnv } from '../dynamodb-env.ts';

/** The environment of instances that move programs and documents from this Postgres to this DynamoDB. */
export function journeyEnv(databaseUrl: string, dynamodb: TestDynamodb): Record<string, string> {
  return {
    MEDIAMESH_MODE: 'engines',
    DATABASE_URL: databaseUrl,
    ...dynamodbEnv(dynamodb),
    HOT_PROGRAM_STORE: 'dynamodb',
    SEARCH_INDEX: 'dynamodb',
    COUNTER_STORE: 'memory',
    ACTIVITY_STORE: 'postgres',
    DEMO_CATALOG: 'off',
    // Four processes and the tests beside share one small server.
    DATABASE_POOL_SIZE: '4',
    DATABASE_CONNECT_TIMEOUT_MS: '20000',
    DATABASE_STATEMENT_TIMEOUT_MS: '20000',
    SHADOW_READ_PERCENT: '100',
    MIGRATION_SOAK_SECONDS: '1',
    MIGRATION_MIN_COMPARISONS: '50',
    // Machines that are busy with tests are slow: that is no fault of the copies.
    HOT_READ_TIMEOUT_MS: '5000',
    MIGRATION_MAX_LAG_MS: '20000',
  };
}
