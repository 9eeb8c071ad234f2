import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RedisClient } from '../../../src/adapters/redis/client.ts';
import { createRedisCounterStore } from '../../../src/adapters/redis/counter-store.ts';
import { filedKey } from '../../../src/adapters/redis/counters/filed-key.ts';
import { redisDifferences } from '../../../src/adapters/redis/differences.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterFixture } from '../../contracts/counter-store/fixture.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { ownClockContract } from '../../contracts/counter-store/own-clock.contract.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openTestRedis, useRedis } from '../../support/redis.ts';

const redis = useRedis();
let secondClient: RedisClient;

beforeAll(async () => {
  secondClient = await openTestRedis(redis().url);
});

afterAll(() => secondClient.disconnect());

/** A clock that stands still needs counters that stay for the real time a test takes. */
async function aFixture(): Promise<CounterFixture> {
  const { client, keys } = redis();
  const clock = createFakeClock();
  const shared = { keys, clock, slackMs: 3_600_000 };
  return {
    store: createRedisCounterStore({ ...shared, client }),
    elsewhere: createRedisCounterStore({ ...shared, client: secondClient }),
    restart: () => createRedisCounterStore({ ...shared, client: secondClient }),
    clock,
    differences: { ...redisDifferences.counterStore, acrossKeys: 'atomic' },
  };
}

describe('redis CounterStore', () => {
  counterStoreContract(aFixture);
  ownClockContract(() => createRedisCounterStore(redis()));

  test.each(COUNTING_ALGORITHMS)(
    '%s: a counter stays as long as it counts, and then a little',
    async (algorithm) => {
      const { client, keys } = redis();
      const store = createRedisCounterStore({ client, keys, slackMs: 500 });
      const request = aRequest({ algorithm, windowMs: 3_600_000, limit: 10, cost: 4 });
      for (let round = 0; round < 2; round += 1) {
        const { resetAfterMs } = await store.consume(request, aCall());
        const staysMs = await client.pttl(keys.counters(request.key));
        expect(staysMs).toBeGreaterThan(resetAfterMs - 1_000);
        expect(staysMs).toBeLessThanOrEqual(resetAfterMs * 1.13 + 510);
      }
    },
  );

  test('a shorter window does not shorten the stay of a longer one', async () => {
    const { client, keys } = redis();
    const store = createRedisCounterStore({ client, keys });
    const request = aRequest({ algorithm: 'sliding-window', windowMs: 3_600_000 });
    await store.consume(request, aCall());
    await store.consume({ ...request, policy: { ...request.policy, windowMs: 1_000 } }, aCall());
    expect(await client.pttl(keys.counters(request.key))).toBeGreaterThan(3_500_000);
  });

  test('a look and a denial make no counter', async () => {
    const { client, keys } = redis();
    const { store } = await aFixture();
    const request = aRequest({ limit: 1, cost: 2 });
    await store.peek(request, aCall());
    await store.consume(request, aCall());
    expect(await client.exists(keys.counters(request.key))).toBe(0);
  });

  test('windows that count nothing any more do not gather under a key that is in use', async () => {
    const { client, keys } = redis();
    const { store, clock } = await aFixture();
    const key = anId('key');
    await store.consume(aRequest({ key, windowMs: 31 * 86_400_000 }), aCall());
    for (let windowMs = 1_000; windowMs < 1_400; windowMs += 1) {
      await store.consume(aRequest({ key, windowMs, algorithm: 'sliding-window' }), aCall());
      clock.advance(200);
    }
    expect(await client.hlen(keys.counters(key))).toBeLessThan(60);
    const lasting = await store.peek(aRequest({ key, windowMs: 31 * 86_400_000 }), aCall());
    expect(lasting.remaining).toBe(9);
  });

  test('the server finds the scripts again after it has forgotten them', async () => {
    const { store } = await aFixture();
    const request = aRequest();
    await store.consume(request, aCall());
    await redis().client.script('FLUSH');
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 9 });
    expect(await store.consume(request, aCall())).toMatchObject({ remaining: 8 });
  });
});

describe('the name a key is filed under', () => {
  test.each(['user:42', 'a.b@c.example', '2001:db8::/64', 'A'.repeat(128)])(
    'is a plain key itself: %s',
    (key) => {
      expect(filedKey(key)).toBe(key);
    },
  );

  test.each(['', '{', '}', 'a b', 'é', '\u0000', '\ud800', 'A'.repeat(129), 'sha256:', 'sha256:user'])(
    'is a digest of any other: %j',
    (key) => {
      expect(filedKey(key)).toMatch(/^sha256:[\w-]{43}$/);
      expect(filedKey(filedKey(key))).not.toBe(filedKey(key));
    },
  );
});
