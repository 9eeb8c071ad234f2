import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { checkPostgres } from '../../../src/adapters/postgres/check-server.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { freshDatabase, openTestDatabase, useDatabase } from '../../support/postgres.ts';

const clock = createSystemClock();

describe('checkPostgres', () => {
  const database = useDatabase();
  const empty = useDatabase({ migrated: false });

  test('finds nothing wrong with a server that is as it should be', async () => {
    const findings = await checkPostgres({ db: database().db, clock }, aCall());
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(findings[0]?.text).toMatch(/^PostgreSQL \d+/);
  });

  test('names the steps that the schema lacks, and the command that makes them', async () => {
    const findings = await checkPostgres({ db: empty().db, clock }, aCall());
    expect(findings).toContainEqual({
      level: 'warning',
      text: expect.stringMatching(/lacks 0001-programs, .*0007-migration/),
      mend: expect.stringContaining('npx mediamesh db migrate'),
    });
  });

  test('tells how far the clocks are apart', async () => {
    const slow = createFakeClock();
    slow.set(Date.now() - 90_000);
    const findings = await checkPostgres({ db: database().db, clock: slow }, aCall());
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'warning', text: expect.stringMatching(/90\.\d s off ours/) }),
    );
  });

  test('refuses transactions that are stricter by default', async () => {
    const { db, url } = empty();
    const name = new URL(url).pathname.slice(1);
    await sql`alter database ${sql.id(name)} set default_transaction_isolation = 'serializable'`.execute(db);
    const strict = openTestDatabase(url);
    const findings = await checkPostgres({ db: strict, clock }, aCall());
    expect(findings).toContainEqual(expect.objectContaining({ level: 'fault', mend: expect.any(String) }));
    await strict.destroy();
  });

  test('names a role that may not create tables', async () => {
    const other = new URL(database().url);
    // Nobody may create anything in this schema.
    other.searchParams.set('options', '-csearch_path=pg_catalog,public');
    const restricted = openTestDatabase(other.href);
    const findings = await checkPostgres({ db: restricted, clock }, aCall());
    expect(findings).toContainEqual({
      level: 'warning',
      text: expect.stringContaining('may not create tables, so it can not migrate'),
      mend: expect.stringContaining('GRANT CREATE ON SCHEMA'),
    });
    await restricted.destroy();
  });

  test('names the tables that a role may not use, and the command that allows it', async () => {
    const { db, close } = await freshDatabase();
    await sql`revoke insert on programs, outbox from current_user`.execute(db);
    await sql`revoke select on counters from current_user`.execute(db);
    const findings = await checkPostgres({ db, clock }, aCall());
    expect(findings).toContainEqual({
      level: 'fault',
      text: expect.stringMatching(/ may not read and write counters, outbox, programs$/),
      mend: expect.stringMatching(/^GRANT SELECT, INSERT, UPDATE, DELETE ON counters, outbox, programs TO /),
    });
    await close();
  });

  test('names a role that may not see which steps were made', async () => {
    const { db, close } = await freshDatabase();
    await sql`revoke select on kysely_migration from current_user`.execute(db);
    const findings = await checkPostgres({ db, clock }, aCall());
    expect(findings.at(-1)).toEqual({
      level: 'fault',
      text: expect.stringContaining('permission denied for table kysely_migration'),
      mend: expect.stringContaining('GRANT SELECT ON kysely_migration'),
    });
    await close();
  });

  test('refuses a schema that a newer version has migrated', async () => {
    const { db, close } = await freshDatabase();
    await sql`insert into kysely_migration values ('9999-later', '')`.execute(db);
    const findings = await checkPostgres({ db, clock }, aCall());
    expect(findings.at(-1)).toEqual({
      level: 'fault',
      text: 'the schema has steps of a newer version: 9999-later',
      mend: expect.stringContaining('newer'),
    });
    await close();
  });

  test('rejects with the error of the port when there is no server', async () => {
    const away = openTestDatabase('postgres://nobody@127.0.0.1:1/nowhere');
    const check = checkPostgres({ db: away, clock }, aCall());
    await expect(check).rejects.toMatchObject({ code: 'store-unavailable' });
    await away.destroy();
  });
});
