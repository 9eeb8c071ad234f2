import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { openDynamo } from '../../src/adapters/dynamodb/client.ts';
import { applyTables } from '../../src/adapters/dynamodb/provisioning/apply.ts';
import { planTables } from '../../src/adapters/dynamodb/provisioning/plan.ts';
import type { TableNames } from '../../src/adapters/dynamodb/tables.ts';
import { declareTables } from '../../src/adapters/dynamodb/tables.ts';
import type { RedisClient } from '../../src/adapters/redis/client.ts';
import { openRedis } from '../../src/adapters/redis/client.ts';
import type { RedisKeys } from '../../src/adapters/redis/keys.ts';
import { createRedisKeys } from '../../src/adapters/redis/keys.ts';
import { whenReady } from '../../src/adapters/redis/when-ready.ts';
import type { CapacityUse } from '../../src/ports/telemetry.ts';
import { DYNAMODB_WAYS } from '../../test/support/engines/dynamodb-engine.ts';
import type { OpenedEngine, Way } from '../../test/support/engines/find-engine.ts';
import { findEngine } from '../../test/support/engines/find-engine.ts';
import { REDIS_WAYS } from '../../test/support/engines/redis-engine.ts';

export interface BenchRedis {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly how: string;
  close(): Promise<void>;
}

export interface BenchDynamodb {
  readonly client: DynamoDBDocumentClient;
  readonly tables: TableNames;
  readonly endpoint: string;
  readonly how: string;
  close(): Promise<void>;
}

/** The Redis that `REDIS_URL` names, or one of its own, as the tests find theirs. Keys have a random prefix. */
export async function openBenchRedis(): Promise<BenchRedis> {
  const engine = await find(REDIS_WAYS);
  const client = openRedis({
    url: engine.url,
    connectTimeoutMs: 5000,
    commandTimeoutMs: 30_000,
    onError: () => undefined,
  });
  await whenReady(client, 5000);
  return {
    client,
    keys: createRedisKeys(`bench-${randomUUID()}:`),
    how: engine.how,
    async close() {
      client.disconnect();
      await engine.stop();
    },
  };
}

/** The DynamoDB that `AWS_ENDPOINT_URL_DYNAMODB` names, or one of its own; tables of ours with a random prefix. */
export async function openBenchDynamodb(onCapacity?: (use: CapacityUse) => void): Promise<BenchDynamodb> {
  const engine = await find(DYNAMODB_WAYS);
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  const client = openDynamo({
    region: process.env.AWS_REGION ?? 'us-east-1',
    endpoint: engine.url,
    maxAttempts: 1,
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    maxConnections: 128,
    ...(onCapacity && { onCapacity }),
  });
  const tables = namesWith(`bench-${randomUUID()}`);
  const call = { signal: AbortSignal.timeout(120_000) };
  await applyTables({ client, isCustomEndpoint: true, call, pollMs: 100 }, plansOf(tables));
  return {
    client,
    tables,
    endpoint: engine.url,
    how: engine.how,
    async close() {
      const drop = (TableName: string) => client.send(new DeleteTableCommand({ TableName }));
      await Promise.allSettled(Object.values(tables).map(drop));
      client.destroy();
      await engine.stop();
    },
  };
}

function plansOf(names: TableNames) {
  return planTables(Object.values(declareTables(names)), {
    billing: { mode: 'PAY_PER_REQUEST' },
    deletionProtection: false,
    pointInTimeRecovery: false,
    tags: {},
  });
}

function namesWith(prefix: string): TableNames {
  return {
    discovery: `${prefix}-discovery`,
    search: `${prefix}-search`,
    rateLimits: `${prefix}-rate-limits`,
    activity: `${prefix}-activity`,
  };
}

async function find(ways: readonly Way[]): Promise<OpenedEngine> {
  return await findEngine(ways);
}
