import { expect, it } from 'vitest';
import { createRedisCounterStore } from '../../../src/adapters/redis/counter-store.ts';
import { createRedisKeys } from '../../../src/adapters/redis/keys.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { TestServer } from '../../support/http.ts';
import { aServer } from '../../support/http.ts';
import { useRedis } from '../../support/redis.ts';

const redis = useRedis();
const WINDOW_SECONDS = 2_678_400;

/** A service on Redis, which is given time enough to answer on a busy machine. */
async function aService(env: Record<string, string> = {}) {
  const prefix = anId('fast');
  const http = await aServer({
    env: {
      COUNTER_STORE: 'redis',
      REDIS_URL: redis().url,
      REDIS_KEY_PREFIX: prefix,
      RATE_LIMIT_TIMEOUT_MS: '20000',
      ...env,
    },
  });
  await expect.poll(async () => (await check(http, 'warm up', 1)).degraded, { timeout: 20_000 }).toBe(false);
  return { prefix, http };
}

async function check(http: TestServer, key: string, limit: number) {
  const payload = { key, limit, windowSeconds: WINDOW_SECONDS };
  return (await http.ask({ method: 'POST', url: '/v1/rate-limits/check', payload })).json;
}

/** Rounds of checks at once. */
async function checkOften(http: TestServer, key: string, limit: number, rounds = 10) {
  const answers: Record<string, unknown>[] = [];
  for (let round = 0; round < rounds; round += 1)
    answers.push(...(await Promise.all(Array.from({ length: 50 }, () => check(http, key, limit)))));
  return answers;
}

const deciders = (answers: readonly Record<string, unknown>[]) =>
  new Set(answers.map(({ decidedBy }) => decidedBy));

it('a service decides on hot and exhausted keys without Redis, and passes exactly the limit', async () => {
  const { http, prefix } = await aService();
  const [key, other] = [anId('key'), anId('key')];
  const answers = await checkOften(http, key, 200);
  expect(answers.filter(({ allowed }) => allowed)).toHaveLength(200);
  const held = await checkOften(http, other, 100_000);
  expect(held.filter(({ allowed }) => allowed)).toHaveLength(500);
  expect(deciders(held)).toContain('lease');
  expect(deciders(answers)).toContain('block-cache');
  await http.dispose();
  // What was in hand has gone back.
  const store = createRedisCounterStore({ client: redis().client, keys: createRedisKeys(prefix) });
  const policy = { algorithm: 'fixed-window', limit: 100_000, windowMs: WINDOW_SECONDS * 1000 } as const;
  expect((await store.peek({ key: other, policy, cost: 1 }, aCall())).remaining).toBe(99_500);
});

it('with all of it switched off, Redis decides each check', async () => {
  const { http } = await aService({
    RATE_LIMIT_BLOCK_CACHE: 'off',
    RATE_LIMIT_COALESCING: 'off',
    RATE_LIMIT_LEASES: 'off',
  });
  const answers = await checkOften(http, anId('key'), 200);
  expect(answers.filter(({ allowed }) => allowed)).toHaveLength(200);
  expect(deciders(answers)).toEqual(new Set(['store']));
  await http.dispose();
});
