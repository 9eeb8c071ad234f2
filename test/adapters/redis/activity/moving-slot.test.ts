import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedisActivityStore } from '../../../../src/adapters/redis/activity-store.ts';
import type { RedisClient } from '../../../../src/adapters/redis/client.ts';
import { aView, readRecent, readUnconfirmed, START_MS } from '../../../contracts/activity-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { useOwnRedis } from '../../../support/own-redis.ts';
import { openTestRedis } from '../../../support/redis.ts';
import { useRedisCluster } from '../../../support/redis-cluster.ts';

describe('Redis ActivityStore while its slot moves from one node to another', () => {
  const cluster = useRedisCluster();
  const newcomer = useOwnRedis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  let from: RedisClient;
  let to: RedisClient;

  beforeAll(async () => {
    from = await openTestRedis(cluster().url);
    to = await openTestRedis(newcomer().url);
    await from.call('CLUSTER', 'MEET', '127.0.0.1', newcomer().port);
    await untilKnown(from, await idOf(to));
    await untilKnown(to, await idOf(from));
    while (!`${await to.call('CLUSTER', 'INFO')}`.includes('cluster_state:ok')) await delay(20);
  }, 60_000);
  afterAll(() => {
    from?.disconnect();
    to?.disconnect();
  });

  test('a call that needs keys of both nodes is refused and changes nothing', async () => {
    const { client, keys } = cluster();
    const store = createRedisActivityStore({
      client,
      keys,
      clock: createFakeClock(START_MS),
      ids: { next: randomUUID },
    });
    const view = aView({ programId: 'p', userId: 'u', eventId: 'e', positionSeconds: 7 });
    const another = { ...view, eventId: 'f' };
    await store.recordViews([view], aCall());
    const slot = `${await from.call('CLUSTER', 'KEYSLOT', keys.activity(''))}`;
    const names = (await from.keys('*')).toSorted();

    await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from));
    await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(to));
    for (const name of names) {
      await expect(store.recordViews([another], aCall())).rejects.toThrow();
      await from.call('MIGRATE', '127.0.0.1', newcomer().port, name, 0, 5000);
    }
    await expect(store.recordViews([another], aCall())).rejects.toThrow();
    for (const node of [to, from]) await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', await idOf(to));

    expect((await to.keys('*')).toSorted()).toEqual(names);
    expect(await store.recordViews([view, another], aCall())).toEqual(['duplicate', 'counted']);
    expect(await readUnconfirmed(store)).toEqual(new Map([['p', 2]]));
    expect(await readRecent(store, 'u')).toHaveLength(1);
  });
});

async function idOf(node: RedisClient): Promise<string> {
  return `${await node.call('CLUSTER', 'MYID')}`;
}

async function untilKnown(node: RedisClient, id: string): Promise<void> {
  while (!`${await node.call('CLUSTER', 'NODES')}`.includes(id)) await delay(20);
}
