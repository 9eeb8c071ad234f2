import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { filedPermitId } from '../../../../src/adapters/dynamodb/counters/filed-key.ts';
import { StoreThrottled } from '../../../../src/domain/errors.ts';
import { ALGORITHMS, COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { aRequest, DAY_MS } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { anInstance, readItem, START_MS } from './fixture.ts';

const dynamodb = useDynamodb();
const FOR_EVER = Number.POSITIVE_INFINITY;

async function permitsOf(key: string, attribute: string): Promise<readonly string[]> {
  const item = await readItem(dynamodb(), key);
  return Object.keys(item?.[attribute]?.M?.p?.M ?? {});
}

describe('permits that have ended', () => {
  test.each([
    ['sliding-window', 's1000'],
    ['token-bucket', 't1000'],
    ['concurrency', 'c1000'],
  ] as const)('%s: leave the item though the counter is never whole', async (algorithm, attribute) => {
    const { store, clock, drainCalls } = anInstance(dynamodb());
    const request = aRequest({ algorithm, windowMs: 1_000, limit: 1_000 });
    for (let step = 0; step < 60; step += 1) {
      await store.consume({ ...request, cost: 10, permitId: `${step}` }, aCall());
      expect(drainCalls()).toHaveLength(1);
      clock.advance(100);
    }
    expect((await permitsOf(request.key, attribute)).length).toBeLessThanOrEqual(12);
  });

  test('a hundred leases that ended at once make room at once', async () => {
    const { store, clock } = anInstance(dynamodb());
    const request = aRequest({ algorithm: 'concurrency', windowMs: 1_000, limit: 100 });
    for (let holder = 0; holder < 100; holder += 1)
      await store.consume({ ...request, permitId: `${holder}` }, aCall());
    clock.advance(1_000);
    expect(await store.consume({ ...request, cost: 100, permitId: 'all' }, aCall())).toMatchObject({
      allowed: true,
      remaining: 0,
    });
    expect(await permitsOf(request.key, 'c1000')).toEqual(['all']);
  });
});

describe('the name of a permit', () => {
  test.each(['a', 'user:42/x', 'p'.repeat(50)])('is the permit itself: %j', (id) => {
    expect(filedPermitId(id)).toBe(id);
  });

  test.each(['__proto__', 'p'.repeat(51), 'é', '\u0000', ' ', 'sha256:a', '#p'])(
    'is a digest of %j',
    (id) => {
      expect(filedPermitId(id)).toMatch(/^sha256:[\w-]{43}$/);
    },
  );
});

test('an item that is full is no room for the call', async () => {
  const { client, tables } = dynamodb();
  const { store } = anInstance(dynamodb());
  const request = aRequest({ permitId: 'x'.repeat(50) });
  const filler = { S: 'x'.repeat(409_510) };
  const Item = { key: { S: request.key }, expiresAt: { N: '253402300799' }, filler };
  await client.send(new PutItemCommand({ TableName: tables.rateLimits, Item }));
  await expect(store.consume(request, aCall())).rejects.toBeInstanceOf(StoreThrottled);
});

describe.each(ALGORITHMS)('%s', (algorithm) => {
  const request = aRequest({ algorithm, permitId: 'mine', cost: 4 });

  test('a block stays with its item, and survives a restart of the service', async () => {
    const { store, clock } = anInstance(dynamodb());
    const forMs = 40 * DAY_MS;
    const { policy } = request;
    const [soon, never] = [anId('key'), anId('key')];
    await store.block(soon, policy, forMs, aCall());
    await store.block(never, policy, FOR_EVER, aCall());
    const endsAtMs = clock.now() + forMs;
    for (const key of [soon, never]) {
      await store.consume({ ...request, key }, aCall());
      await store.consume(aRequest({ key, windowMs: 1_000 }), aCall());
    }
    expect(Number((await readItem(dynamodb(), soon))?.expiresAt?.N) * 1000).toBeGreaterThan(endsAtMs);
    expect((await readItem(dynamodb(), never))?.expiresAt?.N).toBe('253402300799');
    const restarted = anInstance(dynamodb(), { clock }).store;
    expect(await restarted.peek({ ...request, key: soon }, aCall())).toMatchObject({ retryAfterMs: forMs });
    expect(await restarted.peek({ ...request, key: never }, aCall())).toMatchObject({
      retryAfterMs: FOR_EVER,
    });
    await restarted.reset(never, aCall());
    expect((await restarted.consume({ ...request, key: never }, aCall())).allowed).toBe(true);
  });

  test('a permit is known to another instance, and gives back what it took though its clock is behind', async () => {
    const behind = anInstance(dynamodb());
    const ahead = anInstance(dynamodb(), { clock: createFakeClock(START_MS + 20_000) });
    const asked = { ...request, key: anId('key') };
    await ahead.store.consume({ ...asked, permitId: 'other' }, aCall());
    await behind.store.consume(asked, aCall());
    expect(await ahead.store.consume(asked, aCall())).toMatchObject({ allowed: true });
    const { remaining } = await ahead.store.peek(asked, aCall());
    await ahead.store.refund(asked, aCall());
    const left = await ahead.store.peek({ ...asked, permitId: 'new' }, aCall());
    expect(left.remaining).toBeGreaterThan(remaining);
    expect(left.remaining).toBeLessThanOrEqual(remaining + 4);
  });
});

test.each(COUNTING_ALGORITHMS)('%s: a counter of before there were permits takes some', async (algorithm) => {
  const { store } = anInstance(dynamodb());
  const request = aRequest({ algorithm, cost: 2 });
  await store.consume(request, aCall());
  await store.consume({ ...request, permitId: 'mine' }, aCall());
  await store.consume({ ...request, permitId: 'other', policy: { ...request.policy, limit: 20 } }, aCall());
  await store.refund({ ...request, permitId: 'mine' }, aCall());
  expect(await store.peek(request, aCall())).toMatchObject({ remaining: 6 });
});
