import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { RedisClient, RedisOptions } from '../../src/adapters/redis/client.ts';
import { openRedis } from '../../src/adapters/redis/client.ts';
import { whenReady } from '../../src/adapters/redis/when-ready.ts';

const PATIENCE_MS = 10_000;

/** A client that begins to connect, for one test. */
export function aRedisClient(url: string, options: Partial<RedisOptions> = {}): RedisClient {
  const client = openRedis({
    url,
    connectTimeoutMs: PATIENCE_MS,
    commandTimeoutMs: PATIENCE_MS,
    onError: () => undefined, // what a call makes of a broken connection is what tests look at
    ...options,
  });
  onTestFinished(() => client.disconnect());
  return client;
}

/** A client that is connected, for one test. */
export async function aReadyRedisClient(
  url: string,
  options: Partial<RedisOptions> = {},
): Promise<RedisClient> {
  const client = aRedisClient(url, options);
  await whenReady(client, PATIENCE_MS);
  return client;
}

/** Waits until the client is not connected any more. */
export async function untilBroken(client: RedisClient): Promise<void> {
  while (client.status === 'ready') await delay(5);
}
