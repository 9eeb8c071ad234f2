import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { createPostgresCounterStore } from '../../../../src/adapters/postgres/counter-store.ts';
import type { PooledDatabase } from '../../../../src/adapters/postgres/database.ts';
import { StoreTimeout } from '../../../../src/domain/errors.ts';
import { COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import type { CounterRequest, CounterStore } from '../../../../src/ports/counter-store.ts';
import { batchContract, consumeAtOnce, times } from '../../../contracts/counter-store/batches.contract.ts';
import { aRequest } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { openTestDatabase, useDatabase } from '../../../support/postgres.ts';
import { emptyCounters, rowsOf } from './fixture.ts';

const database = useDatabase({ maxConnections: 8 });

function aStore({ batching = true, pool = database().db.pool } = {}) {
  const clock = createFakeClock();
  return { store: createPostgresCounterStore({ pool, clock, batching }), clock };
}

async function statementsOf(db: PooledDatabase, work: () => Promise<unknown>): Promise<number> {
  const client = await db.pool.connect();
  client.release();
  const query = vi.spyOn(client, 'query');
  await work();
  return query.mock.calls.length;
}

describe('plain requests of one tick', () => {
  test('go in one statement for every 16, and one by one without batching', async () => {
    const own = openTestDatabase(database().url, { maxConnections: 1 });
    const requests = times(33, () => aRequest());
    const [batching, single] = [true, false].map((on) => aStore({ batching: on, pool: own.pool }).store);
    expect(await statementsOf(own, () => consumeAtOnce(batching as CounterStore, requests))).toBe(3);
    expect(await statementsOf(own, () => consumeAtOnce(single as CounterStore, requests))).toBe(36);
    await own.destroy();
  });

  batchContract(async () => aStore().store);

  test.each(COUNTING_ALGORITHMS)('%s: 50 of 200 pass a limit of 50', async (algorithm) => {
    const { store } = aStore();
    const request = aRequest({ algorithm, limit: 50 });
    const decisions = await consumeAtOnce(
      store,
      times(200, () => request),
    );
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(50);
  });

  test('are decided as without batching, whatever the algorithms, limits, blocks, permits and clock', async () => {
    const requestsOf = (prefix: string): readonly CounterRequest[] =>
      times(16, (index) => {
        const algorithm = COUNTING_ALGORITHMS[index % 3] ?? 'fixed-window';
        const windowMs = index % 4 === 0 ? 1_000 : 60_000;
        const limit = 3 + (index % 5);
        return aRequest({ key: `${prefix} ${index % 5}`, algorithm, limit, windowMs, cost: 1 + (index % 3) });
      });
    const history = async ({ store, clock }: ReturnType<typeof aStore>) => {
      const requests = requestsOf(anId('key'));
      const decisions: unknown[] = [];
      const steps = [0, 0, 700, 59_000, -30_000, -100_000, 600, 600, 200_000];
      for (const [step, stepMs] of steps.entries()) {
        clock.set(clock.now() + stepMs);
        for (const request of requests.slice(10, 13))
          await store.consume({ ...request, cost: 1, permitId: `permit ${step}` }, aCall());
        for (const { key, policy } of requests.slice(3, 5)) await store.block(key, policy, 800, aCall());
        decisions.push(await consumeAtOnce(store, requests));
        decisions.push(await Promise.all(requests.map((request) => store.peek(request, aCall()))));
        for (const request of requests.slice(10, 13))
          await store.refund({ ...request, permitId: `permit ${step - 1}` }, aCall());
        decisions.push(await Promise.all(requests.map((request) => store.peek(request, aCall()))));
      }
      return decisions;
    };
    // One statement at a time, as in a batch: else the order of the single ones is that of their connections.
    const own = openTestDatabase(database().url, { maxConnections: 1 });
    const expected = await history(aStore({ batching: false, pool: own.pool }));
    expect(await history(aStore())).toEqual(expected);
    await own.destroy();
  });

  test.each(COUNTING_ALGORITHMS)(
    '%s: forget permits of units that have come back, or of a time to come',
    async (algorithm) => {
      const { store, clock } = aStore();
      const plain = aRequest({ algorithm, windowMs: 60_000 });
      for (const stepMs of [70_000, -3_600_000]) {
        const permitted = { ...plain, cost: 5, permitId: 'mine' };
        await store.reset(plain.key, aCall());
        await store.consume(permitted, aCall());
        // A bucket with 5 of 10 missing is whole after 30 s, and knows its permits for 60.
        clock.set(clock.now() + (algorithm === 'token-bucket' && stepMs > 0 ? 40_000 : stepMs));
        await consumeAtOnce(store, [plain, plain]);
        const before = await store.peek(plain, aCall());
        await store.refund(permitted, aCall());
        expect(await store.peek(plain, aCall())).toEqual(before);
      }
    },
  );

  test('fail together', async () => {
    const own = openTestDatabase(database().url, { maxConnections: 1, statementTimeoutMs: 100 });
    const { store } = aStore({ pool: own.pool });
    await database()
      .db.transaction()
      .execute(async (holder) => {
        await sql`LOCK TABLE counters`.execute(holder);
        const outcomes = await Promise.allSettled(times(3, () => store.consume(aRequest(), aCall())));
        for (const outcome of outcomes)
          expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreTimeout) });
      });
    await own.destroy();
  });

  test('are not sent for a caller who has gone, nor at all when every caller goes before there is a connection', async () => {
    const own = openTestDatabase(database().url, { maxConnections: 1 });
    const { store } = aStore({ pool: own.pool });
    const [request, other] = [aRequest(), aRequest()];
    const [gone, late] = [new AbortController(), new AbortController()];
    const early = [gone, aCall(), aCall()].map(({ signal }) => store.consume(request, { signal }));
    gone.abort(new Error('gone'));
    expect(await Promise.allSettled(early)).toMatchObject([
      { reason: { message: 'gone' } },
      { value: { allowed: true, remaining: 9 } },
      { value: { allowed: true, remaining: 8 } },
    ]);
    await own.connection().execute(async () => {
      const asked = times(2, () => store.consume(other, late));
      setImmediate(() => late.abort(new Error('late')));
      expect(await Promise.allSettled(asked)).toMatchObject([
        { reason: { message: 'late' } },
        { reason: { message: 'late' } },
      ]);
    });
    expect(await store.peek(other, aCall())).toMatchObject({ remaining: 10 });
    await own.destroy();
  });

  test('make rows for what is taken alone, and take away those that count nothing any more', async () => {
    const { db } = database();
    const { store, clock } = aStore();
    await emptyCounters(db);
    await consumeAtOnce(
      store,
      times(30, (index) => aRequest({ windowMs: 1_000, cost: index < 20 ? 1 : 11 })),
    );
    expect(await rowsOf(db)).toMatchObject({ counters: 20 });
    clock.advance(2_000);
    await consumeAtOnce(
      store,
      times(10, () => aRequest()),
    );
    expect(await rowsOf(db)).toMatchObject({ counters: 10 });
  });
});

/** On the server's clock, so that rows expire, go and are made again meanwhile. */
test('batches never wait for each other for ever, nor for who takes from several counters', async () => {
  const store = createPostgresCounterStore(database().db);
  const keys = times(9, () => anId('key'));
  const requestsOf = (worker: number, round: number) => {
    const turn = (worker * 5 + round) % keys.length;
    const turned = [...keys.slice(turn), ...keys.slice(0, turn)];
    return (worker % 2 ? turned : turned.toReversed()).map((key) =>
      aRequest({ key, windowMs: 100, limit: 1_000_000 }),
    );
  };
  const work = async (worker: number) => {
    for (let round = 0; round < 60; round += 1) {
      const requests = requestsOf(worker, round);
      const [first = aRequest()] = requests;
      if (worker % 4 === 3) await store.consumeAll(requests, aCall());
      else await consumeAtOnce(store, requests);
      if (round % 7 === worker) await store.reset(first.key, aCall());
    }
  };
  await expect(Promise.all(times(8, work))).resolves.toHaveLength(8);
});
