import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { openRedis } from '../../src/adapters/redis/client.ts';
import { createRedisKeys } from '../../src/adapters/redis/keys.ts';
import { whenReady } from '../../src/adapters/redis/when-ready.ts';
import { ENGINE_PATIENCE_MS } from './engines/ask.ts';
import { useOwnRedis } from './own-redis.ts';
import type { TestRedis } from './redis.ts';

const SLOTS = 16_384;

/**
 * A Redis Cluster of one node that has all 16,384 slots, for a test file or a `describe`. It answers `CROSSSLOT` to keys of
 * several slots as any cluster does. Goes where `useRedis` goes.
 */
export function useRedisCluster(): () => TestRedis {
  // A node that has met no other does not know its own address.
  const own = useOwnRedis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  let redis: TestRedis | undefined;
  beforeAll(async () => {
    const { url, port } = own();
    await makeCluster(port);
    const client = openRedis({
      url,
      cluster: true,
      connectTimeoutMs: 10_000,
      commandTimeoutMs: 10_000,
      onError: () => undefined, // what a call makes of a broken connection is what tests look at
    });
    await whenReady(client, 10_000);
    redis = { client, keys: createRedisKeys(`test:${randomUUID()}:`), url };
  }, ENGINE_PATIENCE_MS);
  afterAll(() => redis?.client.disconnect());
  return () => {
    if (redis === undefined) throw new Error('the cluster is there from beforeAll to afterAll only');
    return redis;
  };
}

/** Makes a cluster of nodes that were started with `--cluster-enabled yes`: each has as many slots, the first the lowest. */
export async function makeCluster(...ports: readonly number[]): Promise<void> {
  const options = { connectTimeoutMs: 10_000, commandTimeoutMs: 10_000, onError: () => undefined };
  const nodes = ports.map((port) => openRedis({ url: `redis://127.0.0.1:${port}`, ...options }));
  await Promise.all(nodes.map((node) => whenReady(node, 10_000)));
  const share = Math.ceil(SLOTS / nodes.length);
  for (const [index, node] of nodes.entries()) {
    // As ranges they can be added from Redis 7.0 on only.
    const slots = Array.from({ length: SLOTS }, (_, slot) => slot).slice(index * share, (index + 1) * share);
    await node.call('CLUSTER', 'ADDSLOTS', ...slots);
    if (index > 0) await node.call('CLUSTER', 'MEET', '127.0.0.1', `${ports[0]}`);
  }
  for (const node of nodes)
    while (!`${await node.call('CLUSTER', 'INFO')}`.includes('cluster_state:ok')) await delay(20);
  for (const node of nodes) node.disconnect();
}
