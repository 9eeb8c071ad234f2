import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openNotifications } from '../../../src/adapters/postgres/notifications.ts';
import { createPostgresPhaseStore } from '../../../src/adapters/postgres/phase-store.ts';
import type { Database } from '../../../src/adapters/postgres/tables.ts';
import { FenceTimeout, StoreTimeout } from '../../../src/domain/errors.ts';
import type { Migrated } from '../../../src/ports/phase-store.ts';
import { aChange } from '../../contracts/phase-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import { openTestDatabase, useDatabase } from '../../support/postgres.ts';

type Trx = Transaction<Database>;

/** What the triggers of a write take, each in a statement of its own. */
const FENCE = { programs: 1, search: 2 } as const;

describe('the fence of a change of phase', () => {
  const database = useDatabase({ maxConnections: 20 });
  // The writes and the looks of the tests: changes that wait may take every connection of the store.
  let beside: Kysely<Database>;
  beforeAll(() => {
    beside = openTestDatabase(database().url, { maxConnections: 5 });
  });
  const notifications = openNotifications({
    connectionString: 'postgres://nobody@127.0.0.1:1/none',
    connectTimeoutMs: 100,
    onError: () => undefined,
  });
  afterAll(async () => {
    await beside.destroy();
    await notifications.close();
  });
  beforeEach(async () => {
    await sql`truncate migration_phases`.execute(database().db);
  });

  const aStore = (fenceTimeoutMs = 5000) =>
    createPostgresPhaseStore({ db: database().db, notifications, fenceTimeoutMs });

  const takeShared = (trx: Trx, dataSet: Migrated) =>
    sql`select pg_advisory_xact_lock_shared(19789, ${FENCE[dataSet]}::integer)`.execute(trx);

  const phaseSeenBy = async (trx: Trx) =>
    (
      await sql<{ phase: string }>`
      select phase from migration_phases where data_set = 'programs' order by epoch desc limit 1`.execute(trx)
    ).rows[0]?.phase;

  const waiting = async () =>
    Number(
      (
        await sql<{ count: string }>`
        select count(*) from pg_locks where locktype = 'advisory' and classid = 19789 and not granted
          and database = (select oid from pg_database where datname = current_database())`.execute(beside)
      ).rows[0]?.count,
    );

  /** Runs while a write of `dataSet` is under way, which ends when `run` has ended. */
  async function duringWrite(dataSet: Migrated, run: (end: () => void) => Promise<void>): Promise<void> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const write = beside.transaction().execute(async (trx) => {
      await takeShared(trx, dataSet);
      begin();
      await ended;
    });
    await begun;
    await run(end).finally(end);
    await write;
  }

  test('a switch waits for a write that is under way, and is made when that ends', async () => {
    const store = aStore();
    await duringWrite('programs', async (end) => {
      let isDone = false;
      const switched = store.change('programs', 0, aChange(), aCall()).finally(() => {
        isDone = true;
      });
      await vi.waitFor(async () => expect(await waiting()).toBe(1), 5000);
      expect(isDone).toBe(false);
      expect(await store.read('programs', aCall())).toMatchObject({ phase: 'off', epoch: 0 });
      end();
      expect(await switched).toMatchObject({ outcome: 'changed', record: { phase: 'dual-write', epoch: 1 } });
    });
  });

  test('a write that begins while a switch waits goes on after it, and sees the new phase', async () => {
    const store = aStore();
    let late: Promise<string | undefined> = Promise.resolve('none');
    await duringWrite('programs', async (end) => {
      const switched = store.change('programs', 0, aChange(), aCall());
      await vi.waitFor(async () => expect(await waiting()).toBe(1), 5000);
      late = beside.transaction().execute(async (trx) => {
        await takeShared(trx, 'programs');
        return phaseSeenBy(trx);
      });
      await vi.waitFor(async () => expect(await waiting()).toBe(2), 5000);
      end();
      await switched;
    });
    expect(await late).toBe('dual-write');
  });

  test('a switch that waits too long says so and has changed nothing', async () => {
    const store = aStore(100);
    await duringWrite('programs', async () => {
      const error = await store.change('programs', 0, aChange(), aCall()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FenceTimeout);
      expect(error).toBeInstanceOf(StoreTimeout);
      expect(error).toMatchObject({
        code: 'store-timeout',
        message: 'writes of programs in Postgres were still open after 100 ms: the phase was not changed',
        cause: { code: '55P03' },
      });
      expect(await waiting()).toBe(0);
    });
    expect(await store.read('programs', aCall())).toMatchObject({ phase: 'off', epoch: 0 });
    expect(await store.change('programs', 0, aChange(), aCall())).toMatchObject({ outcome: 'changed' });
  });

  test('a switch that nobody waits for any more is not made', async () => {
    const store = aStore();
    const caller = new AbortController();
    await duringWrite('programs', async (end) => {
      const switched = store.change('programs', 0, aChange(), { signal: caller.signal });
      await vi.waitFor(async () => expect(await waiting()).toBe(1), 5000);
      const gone = new Error('the caller has gone');
      caller.abort(gone);
      end();
      await expect(switched).rejects.toBe(gone);
    });
    expect(await store.read('programs', aCall())).toMatchObject({ phase: 'off', epoch: 0 });
  });

  test('a change of the share alone waits for nobody', async () => {
    const store = aStore(100);
    await store.change('programs', 0, aChange({ phase: 'read-fallback', readPercent: 10 }), aCall());
    await duringWrite('programs', async () => {
      const more = aChange({ phase: 'read-fallback', readPercent: 20 });
      expect(await store.change('programs', 1, more, aCall())).toMatchObject({
        record: { epoch: 2, readPercent: 20, phaseEpoch: 1 },
      });
    });
  });

  test('writes of one data set are nothing to the other', async () => {
    const store = aStore(100);
    await duringWrite('search', async () => {
      expect(await store.change('programs', 0, aChange(), aCall())).toMatchObject({ outcome: 'changed' });
      await expect(store.change('search', 0, aChange(), aCall())).rejects.toBeInstanceOf(FenceTimeout);
    });
  });

  test('the connection keeps no time-out of the change', async () => {
    await aStore(100).change('programs', 0, aChange(), aCall());
    const timeouts = await Promise.all(
      Array.from({ length: 20 }, () =>
        sql<{ lock_timeout: string }>`show lock_timeout`.execute(database().db),
      ),
    );
    expect(new Set(timeouts.map(({ rows }) => rows[0]?.lock_timeout))).toEqual(new Set(['0']));
  });

  test('of 50 that passed the first look at one epoch exactly one changes it, behind the fence', async () => {
    const store = aStore(10_000);
    await duringWrite('programs', async (end) => {
      const changes = Array.from({ length: 50 }, (_, index) =>
        store.change('programs', 0, aChange({ changedBy: `${index}` }), aCall()),
      );
      // As many as the store has connections have looked and wait.
      await vi.waitFor(async () => expect(await waiting()).toBe(20), 5000);
      end();
      const outcomes = await Promise.all(changes);
      const changed = outcomes.filter(({ outcome }) => outcome === 'changed');
      expect(changed).toHaveLength(1);
      expect(new Set(outcomes.map(({ record }) => record.changedBy))).toEqual(
        new Set([changed[0]?.record.changedBy]),
      );
    });
    expect(await store.history('programs', 10, aCall())).toHaveLength(1);
  });

  test('of a switch and a change of the share at one epoch exactly one is made, in whatever order', async () => {
    const store = aStore();
    for (let epoch = 0; epoch < 20; epoch += 1) {
      const before = await store.read('programs', aCall());
      const other = before.phase === 'dual-write' ? 'read-fallback' : 'dual-write';
      const share = { ...before, readPercent: epoch };
      const outcomes = await Promise.all([
        store.change('programs', epoch, aChange({ phase: other }), aCall()),
        store.change('programs', epoch, aChange(share), aCall()),
      ]);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['changed', 'conflict']);
    }
    expect(await store.history('programs', 100, aCall())).toHaveLength(20);
  });
});
