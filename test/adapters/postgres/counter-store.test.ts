import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresCounterStore } from '../../../src/adapters/postgres/counter-store.ts';
import type { PooledDatabase } from '../../../src/adapters/postgres/database.ts';
import { postgresDifferences } from '../../../src/adapters/postgres/differences.ts';
import { StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import { COUNTING_ALGORITHMS } from '../../../src/domain/limits/policy.ts';
import type { CounterFixture } from '../../contracts/counter-store/fixture.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { ownClockContract } from '../../contracts/counter-store/own-clock.contract.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openTestDatabase, useDatabase } from '../../support/postgres.ts';

const database = useDatabase();
let secondPool: PooledDatabase;

beforeAll(() => {
  secondPool = openTestDatabase(database().url);
});

afterAll(() => secondPool.destroy());

async function aFixture(): Promise<CounterFixture> {
  const clock = createFakeClock();
  return {
    store: createPostgresCounterStore({ pool: database().db.pool, clock }),
    elsewhere: createPostgresCounterStore({ pool: secondPool.pool, clock }),
    restart: () => createPostgresCounterStore({ pool: secondPool.pool, clock }),
    clock,
    differences: postgresDifferences.counterStore,
    runs: 150,
  };
}

describe('postgres CounterStore', () => {
  counterStoreContract(aFixture);
  ownClockContract(() => createPostgresCounterStore(database().db));

  test('a call that is given up while it waits for a connection is not sent', async () => {
    const db = openTestDatabase(database().url, { maxConnections: 1 });
    const store = createPostgresCounterStore(db);
    const request = aRequest();
    const caller = new AbortController();
    const reason = new Error('the caller has gone');
    await db.connection().execute(async () => {
      const asked = store.consume(request, { signal: caller.signal });
      caller.abort(reason);
      await expect(asked).rejects.toBe(reason);
    });
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 10 });
    await db.destroy();
  });

  test('a connection whose answer did not come in time is closed, and a new one takes its place', async () => {
    const own = openTestDatabase(database().url, { maxConnections: 1, statementTimeoutMs: 100 });
    const store = createPostgresCounterStore(own);
    const request = aRequest();
    const pid = async () =>
      (await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(own)).rows[0]?.pid;
    const before = await pid();
    await sql`SET statement_timeout = 0`.execute(own);
    await database()
      .db.transaction()
      .execute(async (holder) => {
        await sql`LOCK TABLE counters`.execute(holder);
        await expect(store.consume(request, aCall())).rejects.toBeInstanceOf(StoreTimeout);
      });
    expect(await pid()).not.toBe(before);
    await own.destroy();
  });

  test('a database that nothing was asked of closes the pool as well', async () => {
    const unused = openTestDatabase(database().url);
    await createPostgresCounterStore(unused).peek(aRequest(), aCall());
    await unused.destroy();
    expect(unused.pool.ended).toBe(true);
  });

  test('a server that can not be reached is no denial', async () => {
    const db = openTestDatabase('postgres://nobody@127.0.0.1:1/none');
    const store = createPostgresCounterStore(db);
    await expect(store.consume(aRequest(), aCall())).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.peek(aRequest(), aCall())).rejects.toBeInstanceOf(StoreUnavailable);
    await db.destroy();
  });
});

describe('the table counters', () => {
  const rows = async () => {
    const { total } = await database()
      .db.selectFrom('counters')
      .select(sql<number>`count(*)::int`.as('total'))
      .executeTakeFirstOrThrow();
    return total;
  };

  test('gets no row for a look or a denial', async () => {
    const { store } = await aFixture();
    const before = await rows();
    await store.peek(aRequest(), aCall());
    await store.consume(aRequest({ limit: 1, cost: 2 }), aCall());
    expect(await rows()).toBe(before);
  });

  test('keeps a row as it was when units are denied', async () => {
    const { store } = await aFixture();
    const request = aRequest({ limit: 1 });
    const version = sql<{
      readonly version: string;
    }>`SELECT xmin::text || ctid::text AS version FROM counters`;
    await database().db.deleteFrom('counters').execute();
    await store.consume(request, aCall());
    const before = await version.execute(database().db);
    expect(await store.consume(request, aCall())).toMatchObject({ allowed: false });
    expect((await version.execute(database().db)).rows).toEqual(before.rows);
  });

  test.each(COUNTING_ALGORITHMS)(
    '%s: loses rows that count nothing any more as others are made, also by 100 callers at once',
    async (algorithm) => {
      const { db } = database();
      const { store, clock } = await aFixture();
      await db.deleteFrom('counters').execute();
      const consumeNew = (windowMs: number) => store.consume(aRequest({ algorithm, windowMs }), aCall());
      await Promise.all(Array.from({ length: 150 }, () => consumeNew(1_000)));
      await Promise.all(Array.from({ length: 20 }, () => consumeNew(3_600_000)));
      clock.advance(2_000);
      await Promise.all(Array.from({ length: 100 }, () => consumeNew(3_600_000)));
      expect(await rows()).toBe(120);
    },
  );

  test('is spared the write-ahead log', async () => {
    const { rows: found } = await sql<{ readonly kind: string }>`
      SELECT relpersistence AS kind FROM pg_class WHERE relname = 'counters'`.execute(database().db);
    expect(found).toEqual([{ kind: 'u' }]);
  });
});
