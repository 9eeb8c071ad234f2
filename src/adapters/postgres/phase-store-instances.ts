import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type { InstanceReport, Migrated, PhaseRecords } from '../../ports/phase-store.ts';
import { SILENT_INSTANCE_KEPT_MS } from '../../ports/phase-store.ts';
import type { MigrationTables } from './migrations/0007-migration.ts';
import type { InstanceTables } from './migrations/0009-instances.ts';
import type { PhaseRow } from './phase-store-records.ts';
import { neverChanged, phaseColumns, toPhaseRecord } from './phase-store-records.ts';

type Db = Kysely<MigrationTables & InstanceTables>;

/**
 * One statement, because it is made every second by every instance. It takes no row that another instance holds (SKIP LOCKED),
 * so two that forget the same silent ones never wait for each other; its own row can not be changed and deleted in one statement.
 */
export async function checkIn(
  db: Db,
  { instanceId, epochs }: Pick<InstanceReport, 'instanceId' | 'epochs'>,
  call: Call,
): Promise<PhaseRecords> {
  const statement = sql<PhaseRow & { readonly data_set: Migrated }>`
    with seen as (
      insert into migration_instances (instance_id, epoch_programs, epoch_search, seen_at)
      values (${instanceId}, ${epochs.programs}::bigint, ${epochs.search}::bigint, clock_timestamp())
      on conflict (instance_id) do update set epoch_programs = excluded.epoch_programs,
        epoch_search = excluded.epoch_search, seen_at = clock_timestamp()
    ), forgotten as (
      delete from migration_instances where instance_id = any(array(
        select instance_id from migration_instances
        where instance_id <> ${instanceId}
          and seen_at < clock_timestamp() - ${SILENT_INSTANCE_KEPT_MS} * interval '1 millisecond'
        for update skip locked))
    )
    select newest.* from unnest(array['programs', 'search']) as wanted (data_set)
    cross join lateral (
      select data_set, ${phaseColumns} from migration_phases
      where migration_phases.data_set = wanted.data_set order by epoch desc limit 1
    ) as newest`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  return { programs: recordOf(rows, 'programs'), search: recordOf(rows, 'search') };
}

function recordOf(rows: readonly (PhaseRow & { readonly data_set: Migrated })[], dataSet: Migrated) {
  const row = rows.find(({ data_set }) => data_set === dataSet);
  return row === undefined ? neverChanged() : toPhaseRecord(row);
}

export async function checkOut(db: Db, instanceId: string, call: Call): Promise<void> {
  await sql`delete from migration_instances where instance_id = ${instanceId}`.execute(db, {
    signal: call.signal,
  });
}

export async function readInstances(db: Db, call: Call): Promise<readonly InstanceReport[]> {
  const statement = sql<{ instance_id: string; epoch_programs: string; epoch_search: string; age: number }>`
    select instance_id, epoch_programs, epoch_search,
      greatest(0, extract(epoch from clock_timestamp() - seen_at) * 1000)::double precision as age
    from migration_instances order by instance_id`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  return rows.map((row) => ({
    instanceId: row.instance_id,
    epochs: { programs: Number(row.epoch_programs), search: Number(row.epoch_search) },
    ageMs: row.age,
  }));
}
