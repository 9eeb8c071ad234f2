import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll } from 'vitest';
import type { RedisClient } from '../../src/adapters/redis/client.ts';
import { openRedis } from '../../src/adapters/redis/client.ts';
import type { RedisKeys } from '../../src/adapters/redis/keys.ts';
import { createRedisKeys } from '../../src/adapters/redis/keys.ts';
import { ENGINE_PATIENCE_MS, runningEngine } from './engines/ask.ts';
import { requireEngine } from './engines/require-engine.ts';

export interface TestRedis {
  readonly client: RedisClient;
  /** Under a prefix that nobody else uses. */
  readonly keys: RedisKeys;
  readonly url: string;
}

/** A Redis for a test file or a `describe`: nobody else's keys, removed after its tests. */
export function useRedis(): () => TestRedis {
  requireEngine('redis');
  const prefix = `test:${randomUUID()}:`;
  let redis: TestRedis | undefined;
  beforeAll(async () => {
    const { url } = await runningEngine('redis');
    redis = { client: await openTestRedis(url), keys: createRedisKeys(prefix), url };
  }, ENGINE_PATIENCE_MS);
  afterAll(async () => {
    if (redis === undefined) return;
    await removeKeys(redis.client, prefix);
    redis.client.disconnect();
  });
  return () => {
    if (redis === undefined) throw new Error('Redis is there from beforeAll to afterAll only');
    return redis;
  };
}

/** A client that is connected. Whoever opens it calls `disconnect()`. */
export async function openTestRedis(url: string): Promise<RedisClient> {
  const client = openRedis({
    url,
    connectTimeoutMs: 10_000,
    commandTimeoutMs: 10_000,
    onError: () => undefined, // what a call makes of a broken connection is what tests look at
  });
  await once(client, 'ready', { signal: AbortSignal.timeout(10_000) });
  return client;
}

async function removeKeys(client: RedisClient, prefix: string): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
    if (keys.length > 0) await client.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}
