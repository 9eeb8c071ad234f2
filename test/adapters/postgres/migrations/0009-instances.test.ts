import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { instances } from '../../../../src/adapters/postgres/migrations/0009-instances.ts';
import { useDatabase } from '../../../support/postgres.ts';

const database = useDatabase();

const PHASES = ['off', 'dual-write', 'dual-write', 'read-fallback', 'off', 'off', 'primary', 'read-fallback'];

it('0009 gives the changes made before it their epochs, as the store would have', async () => {
  const { db } = database();
  await sql`drop table migration_instances, leases`.execute(db);
  await sql`alter table migration_phases drop column phase_epoch, drop column marks_since`.execute(db);
  await sql`
    insert into migration_phases (data_set, epoch, phase, read_percent, changed_at, changed_by, reason)
    select 'programs', epoch, phase, 0, now(), 'ann', 'a test'
    from unnest(${PHASES}::text[]) with ordinality as made (phase, epoch)
    union all select 'search', 1, 'dual-write', 0, now(), 'ann', 'a test'`.execute(db);
  await instances.up(db);
  const { rows } = await sql`
    select data_set, epoch::integer, phase_epoch::integer, marks_since::integer
    from migration_phases order by data_set, epoch`.execute(db);
  expect(rows.map((row) => Object.values(row as object))).toEqual([
    ['programs', 1, 0, 0],
    ['programs', 2, 2, 2],
    ['programs', 3, 2, 2],
    ['programs', 4, 4, 2],
    ['programs', 5, 5, 0],
    ['programs', 6, 5, 0],
    ['programs', 7, 7, 7],
    ['programs', 8, 8, 7],
    ['search', 1, 1, 1],
  ]);
});
