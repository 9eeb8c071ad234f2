import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { PooledDatabase } from '../../../../src/adapters/postgres/database.ts';
import { createPostgresOutbox } from '../../../../src/adapters/postgres/outbox.ts';
import { createPostgresProgramCatalog } from '../../../../src/adapters/postgres/program-catalog.ts';
import { createPostgresSearchIndex } from '../../../../src/adapters/postgres/search-index.ts';
import type { Database } from '../../../../src/adapters/postgres/tables.ts';
import type { DataSet } from '../../../../src/ports/outbox.ts';
import { aDraft } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { setPhase } from '../../../support/marked-catalogs.ts';
import { useNotifications } from '../../../support/notifications.ts';
import { useDatabase } from '../../../support/postgres.ts';
import { aContent, aDocument } from '../../../support/search-builders.ts';
import { aSession } from './switch-phase.ts';

const ANY = { kind: 'any' } as const;
const PROGRAM_RANK = 2 ** 40;

describe('the triggers that mark', () => {
  const database = useDatabase();
  const notifications = useNotifications(database);

  async function reset(): Promise<PooledDatabase> {
    const { db } = database();
    await sql`truncate programs, search_documents, outbox, migration_phases`.execute(db);
    return db;
  }

  test('a plain UPDATE of programs is marked, whoever makes it', async () => {
    const db = await reset();
    await setPhase(db, 'programs', 'dual-write');
    const catalog = createPostgresProgramCatalog({ db });
    await catalog.putMany(
      ['a', 'b', 'c'].map((programId) => aDraft({ programId })),
      new Date(),
      aCall(),
    );
    await sql`delete from outbox`.execute(db);
    const session = await aSession(database().url);
    await session.query(
      `update programs set title = 'By hand', version = version + 1 where program_id in ('a', 'b')`,
    );
    const expected = { a: [2, false], b: [2, false] };
    expect(await marksOf(db, 'programs')).toEqual(expected);
    expect(await marksOf(db, 'documents')).toEqual(expected);
  });

  test('an UPDATE that keeps the version is marked to be written over it, or not at all when it says the same', async () => {
    const db = await reset();
    const catalog = createPostgresProgramCatalog({ db });
    await catalog.putMany(
      ['a', 'b'].map((programId) => aDraft({ programId })),
      new Date(),
      aCall(),
    );
    await sql`delete from outbox`.execute(db);
    await sql`update programs set created_version = created_version, title = title`.execute(db);
    expect(await marksOf(db, 'documents')).toEqual({});
    await sql`update programs set title = title || case program_id when 'a' then ' by hand' else '' end`.execute(
      db,
    );
    expect(await marksOf(db, 'documents')).toEqual({ a: [1, true] });
  });

  test('a statement that was planned for one row marks thousands in good time', async () => {
    const db = await reset();
    await setPhase(db, 'programs', 'dual-write');
    const draft = aDraft();
    await createPostgresProgramCatalog({ db }).put(draft, ANY, new Date(), aCall());
    const session = await aSession(database().url);
    await session.query('set statement_timeout = 10000');
    for (let round = 0; round < 8; round += 1)
      await session.query('update programs set version = version + 1');
    await session.query(`
      insert into programs select (jsonb_populate_record(program, jsonb_build_object('program_id', 'p' || number))).*
      from programs as program, generate_series(1, 20000) as number`);
    await session.query('update programs set version = version + 1');
    const { rows } = await sql<{ versions: number }>`
      select count(*)::integer as versions from outbox join programs on program_id = key and programs.version = outbox.version
      where data_set = 'programs'`.execute(db);
    expect(rows[0]?.versions).toBe(20_001);
  });

  test('search documents are marked with their freshness rank while their migration is not off', async () => {
    const db = await reset();
    const index = createPostgresSearchIndex({ db });
    await index.put(aContent({ contentId: 'before' }), new Date(), aCall());
    expect(await marksOf(db, 'search')).toEqual({});
    await setPhase(db, 'search', 'dual-write');
    await index.put(aContent({ contentId: 'own' }), new Date(), aCall());
    await index.put(aContent({ contentId: 'own' }), new Date(), aCall());
    await index.put(aContent({ contentId: 'taken' }), new Date(), aCall());
    const projected = [
      aDocument({ contentId: 'taken', version: 1 }),
      aDocument({ contentId: 'made', version: 5 }),
    ];
    await index.project(projected, aCall());
    await index.unproject([{ contentId: 'made', version: 6, source: 'program' }], aCall());
    await index.delete('own', aCall());
    const expected = {
      own: [3, false],
      taken: [PROGRAM_RANK + 1, false],
      made: [PROGRAM_RANK + 6, false],
    };
    expect(await marksOf(db, 'search')).toEqual(expected);

    await sql`delete from outbox`.execute(db);
    await index.project(projected, aCall());
    await sql`update search_documents set appeared = not appeared`.execute(db);
    expect(await marksOf(db, 'search')).toEqual({});
    await sql`update search_documents set title = 'By hand' where content_id = 'taken'`.execute(db);
    expect(await marksOf(db, 'search')).toEqual({ taken: [PROGRAM_RANK + 1, true] });

    await setPhase(db, 'search', 'off');
    await index.put(aContent({ contentId: 'after' }), new Date(), aCall());
    expect(await marksOf(db, 'search')).toEqual({ taken: [PROGRAM_RANK + 1, true] });
  });

  test('a session that keeps its marks locked holds up neither a settlement nor the marks beside them', async () => {
    const db = await reset();
    const outbox = createPostgresOutbox({ db, notifications: notifications() });
    const catalog = createPostgresProgramCatalog({ db });
    await catalog.putMany(
      ['a', 'b', 'c'].map((programId) => aDraft({ programId })),
      new Date(),
      aCall(),
    );
    const marks = await outbox.claim('documents', 10, 60_000, aCall());
    const session = await aSession(database().url);
    await session.query('begin');
    await session.query(`update programs set version = version + 1 where program_id = 'b'`);
    await outbox.settle('documents', marks, aCall());
    expect(await marksOf(db, 'documents')).toEqual({ b: [1, false] });
    await outbox.park('documents', marks, 'held', aCall());
    expect(await outbox.claim('documents', 10, 60_000, aCall())).toEqual([]);
    await session.query('commit');
    expect(await outbox.claim('documents', 10, 60_000, aCall())).toMatchObject([{ key: 'b', version: 2 }]);
  });
});

async function marksOf(db: Kysely<Database>, dataSet: DataSet): Promise<Record<string, [number, boolean]>> {
  const { rows } = await sql<{ key: string; version: string; refresh: boolean }>`
    select key, version, refresh from outbox where data_set = ${dataSet}`.execute(db);
  return Object.fromEntries(rows.map(({ key, version, refresh }) => [key, [Number(version), refresh]]));
}
