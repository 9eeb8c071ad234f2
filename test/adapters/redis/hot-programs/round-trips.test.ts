import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedisHotProgramStore } from '../../../../src/adapters/redis/hot-program-store.ts';
import { createRedisKeys } from '../../../../src/adapters/redis/keys.ts';
import type { HotProgramStore } from '../../../../src/ports/hot-program-store.ts';
import { aCard, aProgram, MINUTE_MS, putAll } from '../../../contracts/hot-program-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { useOwnRedis } from '../../../support/own-redis.ts';
import { aReadyRedisClient } from '../../../support/redis-client.ts';

const CATEGORY = 'drama';
const programs = Array.from({ length: 60 }, () => aProgram({ category: CATEGORY }));
const [first = aProgram()] = programs;

const CALLS: Readonly<Record<string, (store: HotProgramStore) => Promise<unknown>>> = {
  get: (store) => store.get(first.programId, aCall()),
  getMany: (store) =>
    store.getMany(
      programs.map(({ programId }) => programId),
      aCall(),
    ),
  put: (store) => store.put(first, {}, aCall()),
  'put, to refresh': (store) => store.put(first, { refresh: true }, aCall()),
  delete: (store) => store.delete(first, aCall()),
  'delete, to refresh': (store) => store.delete(first, aCall(), { refresh: true }),
  scan: (store) => store.scan(undefined, 30, aCall()),
  topByCategory: (store) => store.topByCategory(CATEGORY, 20, undefined, aCall()),
  saveList: (store) => store.saveList('popular', [aCard()], MINUTE_MS, aCall()),
  list: (store) => store.list('popular', { offset: 0, limit: 50 }, aCall()),
};

describe('one round trip', () => {
  const redis = useOwnRedis();

  it.each(Object.keys(CALLS))('is what %s takes, once the server knows the scripts', async (name) => {
    const client = await aReadyRedisClient(redis().url);
    const keys = createRedisKeys('');
    const store = createRedisHotProgramStore({
      client,
      keys,
      clock: { now: () => Date.now() },
      ids: { next: randomUUID },
    });
    await putAll(store, programs);
    const run = async () => CALLS[name]?.(store);
    await run();
    const readsOf = async () => Number(/total_reads_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
    const before = await readsOf();
    await run();
    expect((await readsOf()) - before - 1).toBe(1);
  });
});
