import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import { withStoreErrors } from '../../../src/adapters/postgres/store-errors.ts';
import type { Database } from '../../../src/adapters/postgres/tables.ts';
import { StoreRefused, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import type { TestDatabaseOptions } from '../../support/postgres.ts';
import { openTestDatabase, useDatabase } from '../../support/postgres.ts';

function sleepOn(db: Kysely<Database>, seconds: number): Promise<unknown> {
  return withStoreErrors(() => sql`select pg_sleep(${seconds})`.execute(db));
}

describe('errors of the server', () => {
  const database = useDatabase();

  /** Runs with a pool of its own on the test's database. */
  async function withPool(
    options: TestDatabaseOptions,
    run: (db: Kysely<Database>) => Promise<void>,
  ): Promise<void> {
    const db = openTestDatabase(database().url, options);
    try {
      await run(db);
    } finally {
      await db.destroy();
    }
  }

  it('a statement that the server gives up is a time-out, and the connection goes on', async () => {
    await withPool({ statementTimeoutMs: 100, maxConnections: 1 }, async (db) => {
      const error = await sleepOn(db, 5).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreTimeout);
      expect(error).toMatchObject({ code: 'store-timeout', cause: { code: '57014' } });
      await sleepOn(db, 0);
    });
  });

  it('a statement that the server does not give up in time is a time-out as well', async () => {
    await withPool({ statementTimeoutMs: 100, maxConnections: 1 }, async (db) => {
      await sql`set statement_timeout = 0`.execute(db);
      await expect(sleepOn(db, 2)).rejects.toBeInstanceOf(StoreTimeout);
    });
  });

  it('a connection that did not answer in time is closed, and a new one takes its place', async () => {
    await withPool({ statementTimeoutMs: 100, maxConnections: 1 }, async (db) => {
      const pid = async () =>
        (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid;
      const before = await pid();
      await sql`set statement_timeout = 0`.execute(db);
      await expect(sleepOn(db, 30)).rejects.toBeInstanceOf(StoreTimeout);
      expect(await pid()).not.toBe(before);
    });
  });

  it('no free connection in time is unavailable', async () => {
    // The holder's own connection has this time as well.
    await withPool({ connectTimeoutMs: 400, maxConnections: 1 }, async (db) => {
      const holder = sleepOn(db, 1);
      await expect(sleepOn(db, 0)).rejects.toBeInstanceOf(StoreUnavailable);
      await holder;
    });
  });

  it('a connection that the server ends is unavailable, and a new one takes its place', async () => {
    await withPool({ maxConnections: 1 }, async (db) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
      const ended = expect(sleepOn(db, 5)).rejects.toBeInstanceOf(StoreUnavailable);
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(database().db);
      await ended;
      // A call may still be given the old connection in the moment between its last answer and its end.
      await vi.waitFor(() => sleepOn(db, 0));
    });
  });

  it('a lock that is not free in time is unavailable', async () => {
    await withPool({ maxConnections: 1 }, async (db) => {
      await sql`set lock_timeout = 50`.execute(db);
      await database()
        .db.transaction()
        .execute(async (holder) => {
          await sql`lock table counted_views`.execute(holder);
          const read = withStoreErrors(() => sql`select from counted_views`.execute(db));
          await expect(read).rejects.toBeInstanceOf(StoreUnavailable);
        });
    });
  });

  it('a server that only reads, as a standby does, is unavailable for writes', async () => {
    await withPool({ maxConnections: 1 }, async (db) => {
      await sql`set default_transaction_read_only = on`.execute(db);
      const write = withStoreErrors(() => sql`insert into counted_views values ('a', 'b', 1)`.execute(db));
      await expect(write).rejects.toBeInstanceOf(StoreUnavailable);
      await sleepOn(db, 0);
    });
  });

  it('the victim of a deadlock is unavailable', async () => {
    const { db } = database();
    await sql`insert into counted_views values ('lock', '1', 1), ('lock', '2', 1)`.execute(db);
    const locked = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>() };
    const lockBoth = (order: readonly string[], mine: () => void, others: Promise<void>) =>
      withStoreErrors(() =>
        db.transaction().execute(async (transaction) => {
          const lock = (id?: string) =>
            sql`select from counted_views where source = 'lock' and program_id = ${id} for update`.execute(
              transaction,
            );
          await lock(order[0]);
          mine();
          await others;
          await lock(order[1]);
        }),
      );
    const results = await Promise.allSettled([
      lockBoth(['1', '2'], locked.first.resolve, locked.second.promise),
      lockBoth(['2', '1'], locked.second.resolve, locked.first.promise),
    ]);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toBeInstanceOf(StoreUnavailable);
  });

  it('a connection that breaks within a transaction, between two statements, is unavailable', async () => {
    await withPool({ maxConnections: 1 }, async (db) => {
      const transaction = withStoreErrors(() =>
        db.transaction().execute(async (inside) => {
          const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(inside);
          await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(database().db);
          await vi.waitFor(() => expect(sql`select 1`.execute(inside)).rejects.toThrow());
          await sql`select 1`.execute(inside);
        }),
      );
      await expect(transaction).rejects.toBeInstanceOf(StoreUnavailable);
      await vi.waitFor(() => sleepOn(db, 0));
    });
  });

  it.each([
    ['23505', sql`insert into counted_views values ('twice', 'a', 1), ('twice', 'a', 1)`],
    ['23514', sql`insert into counted_views values ('negative', 'a', -1)`],
    ['42P01', sql`select from no_such_table`],
    ['22P02', sql`select 'x'::integer`],
  ])('%s goes through as it is', async (code, statement) => {
    const error = await withStoreErrors(() => statement.execute(database().db)).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code });
    expect(error).not.toBeInstanceOf(StoreUnavailable);
  });

  it.each([
    [
      'a database that does not exist',
      '3D000',
      (url: URL) => Object.assign(url, { pathname: '/no_such_database' }),
    ],
    ['a password that is wrong', '28P01', (url: URL) => Object.assign(url, { password: 'wrong' })],
  ])('%s is a refusal', async (_, code, change) => {
    const db = openTestDatabase(change(new URL(database().url)).href);
    const error = await sleepOn(db, 0).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreRefused);
    expect(error).toMatchObject({ cause: { code } });
    await db.destroy();
  });

  it('a permission that is missing is a refusal', async () => {
    const denied = withStoreErrors(() => sql`select * from pg_authid`.execute(database().db));
    const error = await denied.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreRefused);
    expect(error).toMatchObject({ cause: { code: '42501' } });
  });

  it('a server without TLS is a refusal where TLS is asked for', async () => {
    const url = new URL(database().url);
    url.searchParams.set('sslmode', 'verify-full');
    const db = openTestDatabase(url.href);
    await expect(sleepOn(db, 0)).rejects.toBeInstanceOf(StoreRefused);
    await db.destroy();
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'a certificate that we do not trust is a refusal: %s',
    async (code) => {
      const cause = Object.assign(new Error(code), { code });
      await expect(withStoreErrors(() => Promise.reject(cause))).rejects.toBeInstanceOf(StoreRefused);
    },
  );

  it('what is no error of the store goes through as it is', async () => {
    const reason = new Error('of the caller');
    await expect(withStoreErrors(() => Promise.reject(reason))).rejects.toBe(reason);
  });
});

describe('a server that is not there', () => {
  async function withServer(
    onConnection: (socket: Socket) => void,
    run: (url: string) => Promise<void>,
  ): Promise<void> {
    const server = createServer(onConnection).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await run(urlOf(server)).finally(() => server.close());
  }

  function urlOf(server: Server): string {
    const address = server.address();
    return `postgres://nobody:secret@127.0.0.1:${typeof address === 'object' ? address?.port : 0}/none`;
  }

  async function expectUnavailable(url: string): Promise<void> {
    const db = openTestDatabase(url, { connectTimeoutMs: 200 });
    const error = await sleepOn(db, 0).catch((reason: unknown) => reason);
    await db.destroy();
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(String(error)).not.toContain('secret');
  }

  it('a port that nobody listens on is unavailable', async () => {
    let closed = '';
    await withServer(
      () => undefined,
      async (url) => {
        closed = url;
      },
    );
    await expectUnavailable(closed);
  });

  it('a host without an address is unavailable', async () => {
    await expectUnavailable('postgres://nobody:secret@host.invalid:5432/none');
  });

  it('a connection that is closed at once is unavailable', async () => {
    await withServer((socket) => socket.destroy(), expectUnavailable);
  });

  it('a server that accepts and never answers is unavailable', async () => {
    const sockets: Socket[] = [];
    await withServer((socket) => sockets.push(socket), expectUnavailable);
    for (const socket of sockets) socket.destroy();
  });
});
