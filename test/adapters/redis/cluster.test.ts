import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedisCounterStore } from '../../../src/adapters/redis/counter-store.ts';
import { redisDifferences } from '../../../src/adapters/redis/differences.ts';
import { createRedisHotProgramStore } from '../../../src/adapters/redis/hot-program-store.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { START_MS } from '../../contracts/hot-program-store/fixture.ts';
import { hotProgramStoreContract } from '../../contracts/hot-program-store/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { useRedisCluster } from '../../support/redis-cluster.ts';

describe('on a Redis Cluster', () => {
  const redis = useRedisCluster();

  it('keys of several slots in one command are refused, so that no contract passes by chance', async () => {
    await expect(redis().client.mget('a', 'b')).rejects.toThrow(/CROSSSLOT/);
  });

  hotProgramStoreContract(async () => {
    const { client, keys } = redis();
    const clock = createFakeClock(START_MS);
    const store = createRedisHotProgramStore({ client, keys, clock, ids: { next: randomUUID } });
    return { store, clock, differences: redisDifferences.hotProgramStore };
  });

  counterStoreContract(async () => {
    const { client, keys } = redis();
    const clock = createFakeClock();
    const restart = () => createRedisCounterStore({ client, keys, clock, slackMs: 3_600_000 });
    const store = restart();
    return { store, elsewhere: store, restart, clock, differences: redisDifferences.counterStore };
  });
});
