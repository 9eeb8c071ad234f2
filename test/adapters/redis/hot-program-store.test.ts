import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { redisDifferences } from '../../../src/adapters/redis/differences.ts';
import { createRedisHotProgramStore } from '../../../src/adapters/redis/hot-program-store.ts';
import { START_MS } from '../../contracts/hot-program-store/fixture.ts';
import { hotProgramStoreContract } from '../../contracts/hot-program-store/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { useRedis } from '../../support/redis.ts';

const redis = useRedis();

describe.each([1, 16])('with %i shards', (shards) => {
  hotProgramStoreContract(async () => {
    const { client, keys } = redis();
    const clock = createFakeClock(START_MS);
    const ids = { next: randomUUID };
    const store = createRedisHotProgramStore({ client, keys, clock, ids, shards });
    return { store, clock, differences: redisDifferences.hotProgramStore };
  });
});
