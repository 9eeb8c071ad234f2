import { describe, expect, test } from 'vitest';
import { createRedisCounterStore } from '../../../../src/adapters/redis/counter-store.ts';
import { ALGORITHMS, COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { aRequest, DAY_MS } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { useRedis } from '../../../support/redis.ts';

const redis = useRedis();

function aStore() {
  const { client, keys } = redis();
  const clock = createFakeClock();
  const create = () => createRedisCounterStore({ client, keys, clock, slackMs: 3_600_000 });
  return { store: create(), restarted: create, clock, client, hashOf: keys.counters };
}

describe.each(ALGORITHMS)('%s', (algorithm) => {
  test('looks, refunds and denials make nothing', async () => {
    const { store, client, hashOf } = aStore();
    const request = aRequest({ algorithm, cost: 11, permitId: 'mine' });
    const { permitId: _, ...without } = request;
    await store.peek(request, aCall());
    await store.refund(request, aCall());
    await store.refund(without, aCall());
    await store.consume(request, aCall());
    await store.consumeUpTo({ ...request, cost: 20 }, 11, aCall());
    await store.consumeAll([request], aCall());
    expect(await client.exists(hashOf(request.key))).toBe(0);
  });

  test('a block survives a restart of the service and is in the hash for as long', async () => {
    const { store, restarted, client, hashOf } = aStore();
    const request = aRequest({ algorithm, windowMs: 1_000, permitId: 'mine' });
    await store.block(request.key, request.policy, 31 * DAY_MS, aCall());
    await store.consume(aRequest({ key: request.key, windowMs: 500 }), aCall());
    expect(await restarted().consume(request, aCall())).toMatchObject({ retryAfterMs: 31 * DAY_MS });
    expect(await client.pttl(hashOf(request.key))).toBeGreaterThan(31 * DAY_MS);
  });

  test('a block for ever stays for longer than anybody waits', async () => {
    const { store, client, hashOf } = aStore();
    const request = aRequest({ algorithm, permitId: 'mine' });
    await store.consume(request, aCall());
    await store.block(request.key, request.policy, Number.POSITIVE_INFINITY, aCall());
    await store.consume(aRequest({ key: request.key, windowMs: 500 }), aCall());
    expect(await client.pttl(hashOf(request.key))).toBeGreaterThan(100_000 * 365 * DAY_MS);
    await store.reset(request.key, aCall());
    expect(await client.exists(hashOf(request.key))).toBe(0);
  });

  test('permits that say nothing any more do not gather under a key that is in use', async () => {
    const { store, clock, client, hashOf } = aStore();
    const request = aRequest({ algorithm, limit: 1_000, windowMs: 1_000 });
    for (let index = 0; index < 600; index += 1) {
      await store.consume({ ...request, permitId: anId('permit') }, aCall());
      clock.advance(60);
    }
    expect(await client.hlen(hashOf(request.key))).toBeLessThan(90);
  });

  test('windows with permits that say nothing any more do not gather either', async () => {
    const { store, clock, client, hashOf } = aStore();
    const key = anId('key');
    for (let windowMs = 1_000; windowMs < 1_300; windowMs += 1) {
      await store.consume(aRequest({ algorithm, key, windowMs, permitId: 'mine' }), aCall());
      clock.advance(200);
    }
    expect(await client.hlen(hashOf(key))).toBeLessThan(90);
  });

  test('a permit is in the hash as long as it says something', async () => {
    const { client, keys } = redis();
    const store = createRedisCounterStore({ client, keys, slackMs: 500 });
    const request = aRequest({ algorithm, windowMs: 31 * DAY_MS, permitId: 'mine' });
    const { resetAfterMs } = await store.consume(request, aCall());
    expect(await client.pttl(keys.counters(request.key))).toBeGreaterThan(resetAfterMs - 1_000);
  });
});

describe.each(COUNTING_ALGORITHMS)('%s', (algorithm) => {
  test.each([1, 30_000, 3_600_000])('a clock that goes back by %i ms gives nothing twice', async (backMs) => {
    const { store, clock } = aStore();
    const request = aRequest({ algorithm, limit: 10, cost: 5, permitId: 'mine' });
    const { permitId: _, ...other } = request;
    await store.consume(other, aCall());
    await store.consume(request, aCall());
    clock.set(clock.now() - backMs);
    await store.consume({ ...other, cost: 1 }, aCall());
    clock.advance(20_000);
    await store.refund(request, aCall());
    await store.refund(request, aCall());
    const { remaining } = await store.peek({ ...other, cost: 1 }, aCall());
    expect(remaining).toBeLessThanOrEqual(algorithm === 'token-bucket' ? 8 : 5);
  });

  test('without its block and permits it is kept as before', async () => {
    const { store, clock, client, hashOf } = aStore();
    const request = aRequest({ algorithm, windowMs: 1_000, permitId: 'mine' });
    const { permitId: _, ...plain } = request;
    await store.consume(request, aCall());
    await store.block(request.key, request.policy, 10_000, aCall());
    const text = async () => client.hget(hashOf(request.key), `${algorithm}:1000`);
    expect(await text()).toMatch(/^\+/);
    clock.advance(10_000);
    await store.consume(plain, aCall());
    expect(await text()).toMatch(/^[\d ]+$/);
  });
});

test('concurrency: a thousand holders come, go and end', async () => {
  const { store, clock } = aStore();
  const of = (index: number) =>
    aRequest({ algorithm: 'concurrency', key, limit: 1_000, windowMs: 60_000, permitId: `${index}` });
  const key = anId('key');
  const all = Array.from({ length: 1_000 }, (_, index) => of(index));
  await Promise.all(all.map((request) => store.consume(request, aCall())));
  expect(await store.peek(of(-1), aCall())).toMatchObject({ remaining: 0, retryAfterMs: 60_000 });
  await Promise.all(all.filter((_, index) => index % 3 === 0).map((each) => store.refund(each, aCall())));
  clock.advance(30_000);
  await Promise.all(all.filter((_, index) => index % 3 === 1).map((each) => store.consume(each, aCall())));
  expect(await store.peek(of(-1), aCall())).toMatchObject({ remaining: 334, resetAfterMs: 60_000 });
  clock.advance(30_000);
  expect(await store.consume(of(-1), aCall())).toMatchObject({ allowed: true, remaining: 666 });
});
