import { afterAll, describe, expect, test } from 'vitest';
import { createPostgresProgramCatalog } from '../../../src/adapters/postgres/program-catalog.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openTestDatabase, useDatabase } from '../../support/postgres.ts';
import { startTcpProxy } from '../../support/tcp-proxy/tcp-proxy.ts';

const WRITE = [{ kind: 'any' }, new Date(0)] as const;
const LIST = { filter: {}, sort: 'title', limit: 10 } as const;

/** Two databases of their own: what only one of them has tells which one answered. */
describe('Postgres ProgramCatalog with a read replica', () => {
  const primary = useDatabase();
  const lagging = useDatabase();
  const behind = useDatabase({ migrated: false });
  // Nothing listens on port 1.
  const away = openTestDatabase('postgres://nobody@127.0.0.1:1/nowhere', { connectTimeoutMs: 500 });
  afterAll(() => away.destroy());

  function aCatalog(db = lagging().db) {
    const failures: string[] = [];
    const clock = createFakeClock();
    const telemetry = { failed: (operation: string) => void failures.push(operation) };
    const catalog = createPostgresProgramCatalog({
      db: primary().db,
      replica: { db, clock, telemetry },
    });
    return { catalog, clock, failures };
  }

  test('lists come from the replica; reads by id, exports and writes from the primary', async () => {
    const { catalog } = aCatalog();
    const onReplica = createPostgresProgramCatalog({ db: lagging().db });
    const older = aDraft({ category: 'old' });
    await onReplica.put(older, ...WRITE, aCall());
    const newer = aDraft({ category: 'new' });
    await catalog.put(newer, ...WRITE, aCall());

    const listed = await catalog.query(LIST, aCall());
    expect(listed.items.map(({ programId }) => programId)).toEqual([older.programId]);
    const top = await catalog.top({ ...LIST, idLimit: 10 }, aCall());
    expect(top.programIds).toEqual([older.programId]);
    expect(await catalog.categories(aCall())).toEqual([{ category: 'old', count: 1 }]);

    expect(await catalog.get(newer.programId, aCall())).toMatchObject(newer);
    expect(await catalog.get(older.programId, aCall())).toBeUndefined();
    const scanned = await catalog.scan(undefined, 10, aCall());
    expect(scanned.map(({ programId }) => programId)).toEqual([newer.programId]);
  });

  test('while the replica is away the primary answers, and the replica is left alone for a while', async () => {
    const { catalog, clock, failures } = aCatalog(away);
    for (let times = 0; times < 3; times += 1) {
      const { items } = await catalog.query(LIST, aCall());
      expect(items.map(({ category }) => category)).toEqual(['new']);
    }
    expect(failures).toEqual(['catalog.replica']);
    clock.advance(5000);
    await catalog.categories(aCall());
    expect(failures).toHaveLength(2);
  });

  test.each([
    ['does not let us in', () => new URL('/no_such_database', lagging().url).href],
    ['does not have the newest tables yet', () => behind().url],
  ])('a replica that %s is passed over', async (_, urlOf) => {
    const db = openTestDatabase(urlOf());
    const { catalog, failures } = aCatalog(db);
    for (let times = 0; times < 2; times += 1) {
      const { items } = await catalog.query(LIST, aCall());
      expect(items.map(({ category }) => category)).toEqual(['new']);
    }
    expect(failures).toEqual(['catalog.replica']);
    await db.destroy();
  });

  test('a replica that has fallen silent fails the reads that wait for it, and is left alone after', async () => {
    const proxy = await startTcpProxy(lagging().url);
    const db = openTestDatabase(proxy.url, { statementTimeoutMs: 100, maxConnections: 1 });
    const { catalog, failures } = aCatalog(db);
    await catalog.categories(aCall());
    await proxy.set({ kind: 'drop' });
    await expect(catalog.query(LIST, aCall())).rejects.toMatchObject({ code: 'store-timeout' });
    expect(failures).toEqual(['catalog.replica']);
    const { items } = await catalog.query(LIST, aCall());
    expect(items.map(({ category }) => category)).toEqual(['new']);
    expect(failures).toEqual(['catalog.replica']);
    await proxy.close();
    await db.destroy();
  });
});
