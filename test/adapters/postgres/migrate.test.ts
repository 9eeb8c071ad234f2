import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { migrateToLatest, migrationStates } from '../../../src/adapters/postgres/migrate.ts';
import { freshDatabase, openTestDatabase } from '../../support/postgres.ts';

const TABLES = sql<{ readonly name: string }>`
  select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;

describe('migrations', () => {
  it.each([1, 2, 3])('are made once when five instances start at the same time (round %i)', async () => {
    const { url, close } = await freshDatabase({ migrated: false });
    const instances = Array.from({ length: 5 }, () => openTestDatabase(url, { maxConnections: 2 }));
    try {
      const made = await Promise.all(instances.map((db) => migrateToLatest(db)));
      const whole = made.filter((steps) => steps.length > 0);
      expect(whole).toHaveLength(1);
      expect(whole[0]).toContain('0001-programs');
      expect(whole[0]).toEqual([...(whole[0] ?? [])].sort());
    } finally {
      await Promise.all(instances.map((db) => db.destroy()));
      await close();
    }
  });

  it('find nothing to do in a database that is up to date, and leave its rows alone', async () => {
    const { db, close } = await freshDatabase();
    try {
      const before = (await TABLES.execute(db)).rows;
      await sql`insert into counted_views values ('test', 'p', 1)`.execute(db);
      expect(await migrateToLatest(db)).toEqual([]);
      expect((await TABLES.execute(db)).rows).toEqual(before);
      expect((await sql`select total from counted_views`.execute(db)).rows).toEqual([{ total: '1' }]);
    } finally {
      await close();
    }
  });

  it('keep nothing of any step when one fails, and say why', async () => {
    const { db, close } = await freshDatabase({ migrated: false });
    try {
      await sql`create table counted_views (other text)`.execute(db);
      await expect(migrateToLatest(db)).rejects.toMatchObject({ code: '42P07' });
      const names = (await TABLES.execute(db)).rows.map((table) => table.name);
      expect(names).not.toContain('programs');
      await sql`drop table counted_views`.execute(db);
      expect(await migrateToLatest(db)).toContain('0001-programs');
    } finally {
      await close();
    }
  });

  it('refuse a database that a newer version has migrated, naming the steps, and list them', async () => {
    const { db, close } = await freshDatabase();
    try {
      await sql`insert into kysely_migration values ('9999-later', '')`.execute(db);
      await expect(migrateToLatest(db)).rejects.toMatchObject({
        name: 'SchemaTooNew',
        message: expect.stringContaining('9999-later'),
      });
      const states = await migrationStates(db);
      expect(states.filter(({ isKnown }) => !isKnown)).toEqual([
        { name: '9999-later', isMade: true, isKnown: false },
      ]);
      expect(states.every(({ isMade }) => isMade)).toBe(true);
    } finally {
      await close();
    }
  });
});
