import { sql } from 'kysely';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createPostgresCounterStore } from '../../../../src/adapters/postgres/counter-store.ts';
import { ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { aRequest, DAY_MS } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { openTestDatabase, useDatabase } from '../../../support/postgres.ts';
import { aStore, emptyCounters, rowsOf } from './fixture.ts';

const database = useDatabase();
const FOR_EVER = Number.POSITIVE_INFINITY;

beforeEach(() => emptyCounters(database().db));

describe.each(ALGORITHMS)('the rows of %s', (algorithm) => {
  const aPermitted = (overrides: Parameters<typeof aRequest>[0] = {}) =>
    aRequest({ permitId: anId('permit'), ...overrides, algorithm } as object);

  test('are not made by looks, refunds and denials', async () => {
    const { store } = aStore(database().db);
    const request = aPermitted({ cost: 11 });
    const others = [aRequest({ key: 'a' }), aRequest({ key: 'b', algorithm: 'sliding-window' })];
    await store.peek(request, aCall());
    await store.refund(request, aCall());
    await store.consume(request, aCall());
    await store.consumeUpTo({ ...request, cost: 12 }, 11, aCall());
    for (const all of [
      [request, ...others],
      [...others, request],
    ])
      await store.consumeAll(all, aCall());
    expect(await rowsOf(database().db)).toEqual({ counters: 0, permits: 0, leases: 0 });
  });

  test('are as they were after a denial of one that is there', async () => {
    const { store } = aStore(database().db);
    const request = aPermitted({ cost: 6 });
    await store.consume(request, aCall());
    const versions = sql<object>`
      SELECT xmin::text, ctid::text FROM counters UNION ALL SELECT xmin::text, ctid::text FROM counter_permits
      UNION ALL SELECT xmin::text, ctid::text FROM counter_leases`;
    const before = (await versions.execute(database().db)).rows;
    const denied = { ...request, permitId: 'other' };
    expect((await store.consume(denied, aCall())).allowed).toBe(false);
    await store.consumeAll([aRequest(), denied], aCall());
    await store.consumeUpTo(denied, 5, aCall());
    expect((await versions.execute(database().db)).rows).toEqual(before);
  });

  test('of permits go with a reset, with all of them given back, and as others are taken', async () => {
    const { store, clock } = aStore(database().db);
    const key = anId('key');
    const takeNew = (of: string, windowMs: number) =>
      store.consume(aPermitted({ key: of, windowMs, limit: 1_000 }), aCall());
    const kept = async () => {
      const rows = await rowsOf(database().db);
      return (rows?.permits ?? 0) + (rows?.leases ?? 0);
    };
    for (let count = 0; count < 5; count += 1) await takeNew(key, 60_000);
    expect(await kept()).toBe(5);
    await store.reset(key, aCall());
    expect(await rowsOf(database().db)).toEqual({ counters: 0, permits: 0, leases: 0 });

    const permits = ['a', 'b', 'c'].map((permitId) => aPermitted({ key, permitId }));
    for (const request of permits) await store.consume(request, aCall());
    for (const request of permits) await store.refund(request, aCall());
    expect(await kept()).toBe(0);

    await Promise.all(Array.from({ length: 60 }, (_, index) => takeNew(`${key}${index % 7}`, 1_000)));
    clock.advance(3_000);
    await Promise.all(Array.from({ length: 40 }, () => takeNew(key, 60_000)));
    expect(await kept()).toBe(40);
  });

  test('of blocks outlast what was taken, and those for ever everything', async () => {
    const { store, clock } = aStore(database().db);
    const [blocked, forEver] = [aPermitted({ windowMs: 100 }), aPermitted({ windowMs: 100 })];
    await store.consume(blocked, aCall());
    await store.block(blocked.key, blocked.policy, DAY_MS, aCall());
    await store.block(forEver.key, forEver.policy, FOR_EVER, aCall());
    const others = async () => {
      for (let count = 0; count < 10; count += 1) await store.consume(aRequest({ windowMs: 100 }), aCall());
    };
    clock.advance(DAY_MS - 1);
    await others();
    expect(await store.peek(blocked, aCall())).toMatchObject({ allowed: false, retryAfterMs: 1 });
    clock.advance(1_000 * 365 * DAY_MS);
    await others();
    const { rows } = await sql<{ left: number }>`
      SELECT count(*)::int AS left FROM counters WHERE blocked_until_ms IS NOT NULL`.execute(database().db);
    expect(rows).toEqual([{ left: 1 }]);
    expect(await store.consume(forEver, aCall())).toMatchObject({ allowed: false, retryAfterMs: FOR_EVER });
  });

  test('of blocks and permits are there for a service that starts anew', async () => {
    const { store, clock } = aStore(database().db);
    const [taken, blocked] = [aPermitted({ cost: 6 }), aPermitted()];
    await store.consume(taken, aCall());
    await store.block(blocked.key, blocked.policy, FOR_EVER, aCall());
    const anew = createPostgresCounterStore({ pool: database().db.pool, clock });
    expect(await anew.consume(taken, aCall())).toMatchObject({ allowed: true, remaining: 4 });
    expect(await anew.consume(blocked, aCall())).toMatchObject({ allowed: false, retryAfterMs: FOR_EVER });
  });
});

test('each call is one statement', async () => {
  const own = openTestDatabase(database().url, { maxConnections: 1 });
  const { store } = aStore(own);
  const request = aRequest({ permitId: 'mine' });
  const all = [...ALGORITHMS.map((algorithm) => aRequest({ algorithm, permitId: 'p' })), request];
  const calls = [
    () => store.consume(aRequest(), aCall()),
    () => store.consume(request, aCall()),
    () => store.peek(request, aCall()),
    () => store.consumeAll(all, aCall()),
    () => store.consumeAll(all, aCall()),
    () => store.consumeUpTo(request, 1, aCall()),
    () => store.refund(request, aCall()),
    () => store.block(request.key, request.policy, 1_000, aCall()),
    () => store.reset(request.key, aCall()),
  ];
  const client = await own.pool.connect();
  client.release();
  const query = vi.spyOn(client, 'query');
  for (const [index, call] of calls.entries()) {
    await call();
    expect(query).toHaveBeenCalledTimes(index + 1);
  }
  await own.destroy();
});

test.each(['counters', 'counter_permits', 'counter_leases'])(
  '%s is spared the write-ahead log',
  async (name) => {
    const { rows } = await sql<object>`
    SELECT relpersistence AS kind FROM pg_class WHERE relname = ${name}`.execute(database().db);
    expect(rows).toEqual([{ kind: 'u' }]);
  },
);
