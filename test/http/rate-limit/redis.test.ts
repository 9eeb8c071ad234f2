import { describe } from 'vitest';
import { createRedisCounterStore } from '../../../src/adapters/redis/counter-store.ts';
import { useRedis } from '../../support/redis.ts';
import { pluginContract } from './plugin.contract.ts';

const redis = useRedis();

describe('the guard on counters in Redis', () => {
  pluginContract(() => createRedisCounterStore(redis()));
});
