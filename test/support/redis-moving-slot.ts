import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import type { RedisClient } from '../../src/adapters/redis/client.ts';
import { useOwnRedis } from './own-redis.ts';
import type { TestRedis } from './redis.ts';
import { openTestRedis } from './redis.ts';
import { useRedisCluster } from './redis-cluster.ts';

/** A cluster of a node with all slots and a newcomer with none. */
export interface MovingSlot extends TestRedis {
  readonly from: RedisClient;
  readonly to: RedisClient;
  /** Sets the slot of the key on its way from one node to the other. */
  begin(key: string): Promise<void>;
  /** Moves one key of it. */
  move(key: string): Promise<void>;
  /** The slot has arrived. */
  end(key: string): Promise<void>;
}

/** Goes where `useRedis` goes. */
export function useMovingSlot(): () => MovingSlot {
  const cluster = useRedisCluster();
  const newcomer = useOwnRedis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  let nodes: { readonly from: RedisClient; readonly to: RedisClient } | undefined;
  beforeAll(async () => {
    nodes = { from: await openTestRedis(cluster().url), to: await openTestRedis(newcomer().url) };
    await introduce(nodes, newcomer().port);
  }, 60_000);
  afterAll(() => {
    nodes?.from.disconnect();
    nodes?.to.disconnect();
  });
  return () => {
    if (nodes === undefined) throw new Error('the nodes are there from beforeAll to afterAll only');
    return { ...cluster(), ...nodes, ...slotOf(nodes, newcomer().port) };
  };
}

type Nodes = Pick<MovingSlot, 'from' | 'to'>;

async function introduce({ from, to }: Nodes, port: number): Promise<void> {
  await from.call('CLUSTER', 'MEET', '127.0.0.1', port);
  await untilKnown(from, await idOf(to));
  await untilKnown(to, await idOf(from));
  while (!`${await to.call('CLUSTER', 'INFO')}`.includes('cluster_state:ok')) await delay(20);
}

function slotOf({ from, to }: Nodes, port: number): Pick<MovingSlot, 'begin' | 'move' | 'end'> {
  const slot = async (key: string) => `${await from.call('CLUSTER', 'KEYSLOT', key)}`;
  return {
    begin: async (key) => {
      await to.call('CLUSTER', 'SETSLOT', await slot(key), 'IMPORTING', await idOf(from));
      await from.call('CLUSTER', 'SETSLOT', await slot(key), 'MIGRATING', await idOf(to));
    },
    move: async (key) => void (await from.call('MIGRATE', '127.0.0.1', port, key, 0, 5000)),
    end: async (key) => {
      for (const node of [to, from])
        await node.call('CLUSTER', 'SETSLOT', await slot(key), 'NODE', await idOf(to));
    },
  };
}

async function idOf(node: RedisClient): Promise<string> {
  return `${await node.call('CLUSTER', 'MYID')}`;
}

async function untilKnown(node: RedisClient, id: string): Promise<void> {
  while (!`${await node.call('CLUSTER', 'NODES')}`.includes(id)) await delay(20);
}
