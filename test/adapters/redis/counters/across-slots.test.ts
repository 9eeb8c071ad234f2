import { describe, expect, test } from 'vitest';
import { createRedisCounterStore } from '../../../../src/adapters/redis/counter-store.ts';
import { createConsumeAcrossSlots } from '../../../../src/adapters/redis/counters/across-slots.ts';
import { createCounterServer } from '../../../../src/adapters/redis/counters/server.ts';
import type { Take } from '../../../../src/adapters/redis/counters/taking.ts';
import { createTake } from '../../../../src/adapters/redis/counters/taking.ts';
import { ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { aRequest } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useRedis } from '../../../support/redis.ts';

const redis = useRedis();

/** What happens right before the units of the second key are taken. */
function aConsumeAll(meanwhile: (request: Parameters<Take>[1][number]) => Promise<unknown>) {
  const take = createTake(createCounterServer(redis()));
  const store = createRedisCounterStore(redis());
  let takings = 0;
  const consumeAll = createConsumeAcrossSlots({
    take: async (mode, [wish, ...more], call) => {
      if (wish === undefined) throw new Error('nothing is asked');
      if (mode === 'take') takings += 1;
      if (mode === 'take' && takings === 2) await meanwhile(wish);
      return take(mode, [wish, ...more], call);
    },
    refund: store.refund,
  });
  return { store, consumeAll };
}

describe.each(ALGORITHMS)('%s in several slots', (algorithm) => {
  const requestsOf = (permitId?: string) => {
    const key = anId('key');
    return ['a', 'b'].map((each) => {
      const own = permitId ?? (algorithm === 'concurrency' ? anId('permit') : undefined);
      return aRequest({ algorithm, key: `${key}${each}`, cost: 6, ...(own && { permitId: own }) });
    });
  };

  test('units that were taken go back when others are quicker at the next key', async () => {
    const { store, consumeAll } = aConsumeAll(({ permitId: _, ...wish }) =>
      store.consume({ ...wish, cost: 7, permitId: anId('permit') }, aCall()),
    );
    const requests = requestsOf();
    const decisions = await consumeAll(requests, aCall());
    expect(decisions).toMatchObject([
      { allowed: true, remaining: 10 },
      { allowed: false, remaining: 3 },
    ]);
    const [first = aRequest()] = requests;
    expect(await store.peek(first, aCall())).toMatchObject({ remaining: 10, resetAfterMs: 0 });
  });

  test('units that were taken go back when the next key fails, also when the caller has gone', async () => {
    const aborting = new AbortController();
    const failure = new Error('the server has gone');
    const { store, consumeAll } = aConsumeAll(async () => {
      aborting.abort();
      throw failure;
    });
    const requests = requestsOf();
    await expect(consumeAll(requests, { signal: aborting.signal })).rejects.toBe(failure);
    for (const request of requests)
      expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10, resetAfterMs: 0 });
  });

  test('units that the permit had before stay', async () => {
    const { store, consumeAll } = aConsumeAll(({ permitId: _, ...wish }) =>
      store.consume({ ...wish, cost: 7, permitId: anId('permit') }, aCall()),
    );
    const requests = requestsOf('mine');
    const [first = aRequest()] = requests;
    await store.consume(first, aCall());
    const [, last] = await consumeAll(requests, aCall());
    expect(last).toMatchObject({ allowed: false });
    expect(await store.peek({ ...first, permitId: 'other', cost: 1 }, aCall())).toMatchObject({
      remaining: 4,
    });
  });
});
