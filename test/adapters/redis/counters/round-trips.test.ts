import { describe, expect, it } from 'vitest';
import { createRedisCounterStore } from '../../../../src/adapters/redis/counter-store.ts';
import { createRedisKeys } from '../../../../src/adapters/redis/keys.ts';
import { ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import type { CounterStore } from '../../../../src/ports/counter-store.ts';
import { aRequest } from '../../../contracts/counter-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { useOwnRedis } from '../../../support/own-redis.ts';
import { aReadyRedisClient } from '../../../support/redis-client.ts';

const request = aRequest({ limit: 1_000 });
const permitted = { ...request, permitId: 'mine', chargeDenied: true };
const held = aRequest({ algorithm: 'concurrency', permitId: 'mine' });
const ofOneKey = ALGORITHMS.map((algorithm) => aRequest({ algorithm, key: 'one', permitId: 'mine' }));
const ofSeveral = ALGORITHMS.map((algorithm) => aRequest({ algorithm, permitId: 'mine' }));

const CALLS: Readonly<Record<string, (store: CounterStore) => Promise<unknown>>> = {
  consume: (store) => store.consume(request, aCall()),
  'consume, denied': (store) => store.consume({ ...request, cost: 1_001 }, aCall()),
  'consume with a permit': (store) => store.consume(permitted, aCall()),
  'consume of concurrency': (store) => store.consume(held, aCall()),
  'consume that is charged': (store) => store.consume(aRequest({ cost: 11, chargeDenied: true }), aCall()),
  peek: (store) => store.peek(request, aCall()),
  'peek with a permit': (store) => store.peek(held, aCall()),
  consumeUpTo: (store) => store.consumeUpTo(request, 1, aCall()),
  'consumeAll of one key': (store) => store.consumeAll(ofOneKey, aCall()),
  'consumeAll of several keys': (store) => store.consumeAll(ofSeveral, aCall()),
  refund: (store) => store.refund(request, aCall()),
  'refund of concurrency': (store) => store.refund(held, aCall()),
  block: (store) => store.block('blocked', request.policy, 1_000, aCall()),
  reset: (store) => store.reset(request.key, aCall()),
};

describe('one round trip', () => {
  const redis = useOwnRedis();

  it.each(Object.keys(CALLS))('is what %s takes, once the server knows the scripts', async (name) => {
    const client = await aReadyRedisClient(redis().url);
    const store = createRedisCounterStore({ client, keys: createRedisKeys('') });
    const run = async () => CALLS[name]?.(store);
    await run();
    const readsOf = async () => Number(/total_reads_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
    const before = await readsOf();
    await run();
    expect((await readsOf()) - before - 1).toBe(1);
  });
});
