import { CreateTableCommand, DynamoDB, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Pool } from 'pg';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import {
  RateLimiterDynamo,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { RedisClient } from '../../src/adapters/redis/client.ts';

/** What a limiter of the rival is made with. */
export interface Rule {
  /** Units of a window. */
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** Whether the rival admits one unit. It rejects with its own result when it denies, and with an error when the store fails. */
export async function admits(limiter: RateLimiterAbstract, key: string): Promise<boolean> {
  try {
    await limiter.consume(key);
    return true;
  } catch (denied) {
    if (denied instanceof RateLimiterRes) return false;
    throw denied;
  }
}

export function onMemory(rule: Rule): RateLimiterAbstract {
  return new RateLimiterMemory(rule);
}

export function onRedis(storeClient: RedisClient, keyPrefix: string, rule: Rule): RateLimiterAbstract {
  return new RateLimiterRedis({ storeClient, keyPrefix, ...rule });
}

export function onPostgres(storeClient: Pool, tableName: string, rule: Rule): Promise<RateLimiterAbstract> {
  return new Promise((resolve, reject) => {
    const limiter: RateLimiterAbstract = new RateLimiterPostgres(
      { storeClient, tableName, clearExpiredByTimeout: false, ...rule },
      (error) => {
        if (error instanceof Error) reject(error);
        else resolve(limiter);
      },
    );
  });
}

/** With a client of its own, of the kind that it wants, and the settings of ours. */
export async function onDynamodb(
  { config }: DynamoDBDocumentClient,
  tableName: string,
  rule: Rule,
): Promise<RateLimiterAbstract> {
  const { region, endpoint, requestHandler, maxAttempts } = config;
  const storeClient = new DynamoDB({ region, endpoint, requestHandler, maxAttempts } as ConstructorParameters<
    typeof DynamoDB
  >[0] &
    object);
  await storeClient.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    }),
  );
  await waitUntilTableExists({ client: storeClient, maxWaitTime: 30 }, { TableName: tableName });
  return new RateLimiterDynamo({ storeClient, tableName, tableCreated: true, ttlSet: true, ...rule });
}
