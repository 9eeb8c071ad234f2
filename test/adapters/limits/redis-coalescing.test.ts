import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withCoalescing } from '../../../src/adapters/limits/coalescing.ts';
import type { RedisClient } from '../../../src/adapters/redis/client.ts';
import { createRedisCounterStore } from '../../../src/adapters/redis/counter-store.ts';
import { redisDifferences } from '../../../src/adapters/redis/differences.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterFixture } from '../../contracts/counter-store/fixture.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openTestRedis, useRedis } from '../../support/redis.ts';
import { counted } from './fixture.ts';

const redis = useRedis();
let secondClient: RedisClient;

beforeAll(async () => {
  secondClient = await openTestRedis(redis().url);
});

afterAll(() => secondClient.disconnect());

/** Two instances of the service. */
async function aFixture(): Promise<CounterFixture> {
  const { client, keys } = redis();
  const clock = createFakeClock();
  const over = (connection: RedisClient) =>
    withCoalescing(createRedisCounterStore({ keys, clock, slackMs: 3_600_000, client: connection }));
  return {
    store: over(client),
    elsewhere: over(secondClient),
    restart: () => over(secondClient),
    clock,
    differences: { ...redisDifferences.counterStore, acrossKeys: 'atomic' },
    runs: 100,
  };
}

describe('coalesced checks over Redis', () => {
  counterStoreContract(aFixture);

  test.each(COUNTING_ALGORITHMS)(
    '%s: exactly the limit to many callers of two instances, in few calls',
    async (algorithm) => {
      const { client, keys } = redis();
      const over = (connection: RedisClient) =>
        counted(createRedisCounterStore({ keys, client: connection }));
      const inner = [over(client), over(secondClient)] as const;
      const [one, other] = [withCoalescing(inner[0]), withCoalescing(inner[1])];
      const request = aRequest({ algorithm, limit: 500, windowMs: 31 * 86_400_000 });
      const asked = Array.from({ length: 2_000 }, (_, index) =>
        (index % 2 ? one : other).consume(request, aCall()),
      );
      const decisions = await Promise.all(asked);
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(500);
      expect(
        inner.reduce((sum, { calls }) => sum + calls.consume + calls.consumeUpTo, 0),
      ).toBeLessThanOrEqual(4);
    },
  );
});
