import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { openDynamo } from '../../src/adapters/dynamodb/client.ts';
import type { TableNames } from '../../src/adapters/dynamodb/tables.ts';
import { declareTables } from '../../src/adapters/dynamodb/tables.ts';
import { createTables } from './dynamodb-tables.ts';
import { ENGINE_PATIENCE_MS, runningEngine } from './engines/ask.ts';
import { requireEngine } from './engines/require-engine.ts';

export interface TestDynamodb {
  readonly client: DynamoDBDocumentClient;
  /** Empty tables that nobody else uses. */
  readonly tables: TableNames;
  readonly endpoint: string;
  readonly region: string;
}

export interface TestDynamodbOptions {
  /** `false`: the names only, of tables that a test makes itself without protection against deletion. Default: made. */
  readonly made?: boolean;
}

/** Tables of its own for a test file or a `describe`: made before its tests and dropped after them. */
export function useDynamodb({ made = true }: TestDynamodbOptions = {}): () => TestDynamodb {
  requireEngine('dynamodb');
  let dynamodb: TestDynamodb | undefined;
  beforeAll(async () => {
    const { url, ours } = await runningEngine('dynamodb');
    useLocalCredentials(ours);
    const region = process.env.AWS_REGION ?? 'us-east-1';
    const tables = namesFor(`test-${randomUUID()}`);
    dynamodb = { client: openTestDynamodb(url, region), tables, endpoint: url, region };
    if (made) await createTables(dynamodb.client, Object.values(declareTables(tables)));
  }, ENGINE_PATIENCE_MS);
  afterAll(async () => {
    if (dynamodb === undefined) return;
    const { client, tables } = dynamodb;
    const names = Object.values(tables);
    await Promise.allSettled(names.map((name) => client.send(new DeleteTableCommand({ TableName: name }))));
    client.destroy();
  });
  return () => {
    if (dynamodb === undefined) throw new Error('the tables are there from beforeAll to afterAll only');
    return dynamodb;
  };
}

/** Whoever opens it calls `destroy()`. */
export function openTestDynamodb(endpoint: string, region: string): DynamoDBDocumentClient {
  return openDynamo({
    region,
    endpoint,
    maxAttempts: 3,
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    maxConnections: 100,
  });
}

export function namesFor(prefix: string): TableNames {
  return {
    discovery: `${prefix}-discovery`,
    search: `${prefix}-search`,
    rateLimits: `${prefix}-rate-limits`,
    activity: `${prefix}-activity`,
  };
}

/**
 * The client signs with whatever the default chain finds. DynamoDB Local takes any key of letters and digits; a real one
 * of the machine's has no business there, and looking for one asks the network.
 */
function useLocalCredentials(ours: boolean): void {
  const { env } = process;
  if (!ours && (env.AWS_ACCESS_KEY_ID !== undefined || env.AWS_PROFILE !== undefined)) return;
  env.AWS_ACCESS_KEY_ID = 'local';
  env.AWS_SECRET_ACCESS_KEY = 'local';
  delete env.AWS_SESSION_TOKEN;
  delete env.AWS_PROFILE;
}
