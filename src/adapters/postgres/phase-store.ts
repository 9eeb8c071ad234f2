import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type {
  Migrated,
  Phase,
  PhaseChange,
  PhaseOutcome,
  PhaseRecord,
  PhaseStore,
} from '../../ports/phase-store.ts';
import type { MigrationTables } from './migrations/0007-migration.ts';
import type { Notifications } from './notifications.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<MigrationTables>;

export interface PostgresPhaseStoreDeps {
  readonly db: Db;
  readonly notifications: Notifications;
}

const CHANNEL = 'mediamesh_phase';

/** The control record in `migration_phases`: rows are only ever added, and the primary key lets one of many callers in. */
export function createPostgresPhaseStore({ db, notifications }: PostgresPhaseStoreDeps): PhaseStore {
  return {
    read: (dataSet, call) => withStoreErrors(() => readCurrent(db, dataSet, call)),
    change: (dataSet, epoch, change, call) =>
      withStoreErrors(() => changePhase(db, { dataSet, epoch, change }, call)),
    history: (dataSet, limit, call) => withStoreErrors(() => readHistory(db, dataSet, limit, call)),
    onChange: (listener) => notifications.listen(CHANNEL, (dataSet) => listener(dataSet as Migrated)),
  };
}

interface Row {
  readonly phase: Phase;
  readonly read_percent: number;
  readonly epoch: string;
  readonly changed_at: Date;
  readonly changed_by: string;
  readonly reason: string;
}

const NEVER_CHANGED: Row = {
  phase: 'off',
  read_percent: 0,
  epoch: '0',
  changed_at: new Date(0),
  changed_by: 'nobody',
  reason: 'never changed',
};

async function readHistory(
  db: Db,
  dataSet: Migrated,
  limit: number,
  call: Call,
): Promise<readonly PhaseRecord[]> {
  const statement = sql<Row>`
    select phase, read_percent, epoch, changed_at, changed_by, reason from migration_phases
    where data_set = ${dataSet} order by epoch desc limit ${limit}`;
  return (await statement.execute(db, { signal: call.signal })).rows.map(toRecord);
}

async function readCurrent(db: Db, dataSet: Migrated, call: Call): Promise<PhaseRecord> {
  const [newest] = await readHistory(db, dataSet, 1, call);
  return newest ?? toRecord(NEVER_CHANGED);
}

interface Step {
  readonly dataSet: Migrated;
  readonly epoch: number;
  readonly change: PhaseChange;
}

async function changePhase(db: Db, { dataSet, epoch, change }: Step, call: Call): Promise<PhaseOutcome> {
  // A notification of a statement goes out when it commits, and not at all when it does not.
  const statement = sql<Row>`
    with added as (
      insert into migration_phases (data_set, epoch, phase, read_percent, changed_at, changed_by, reason)
      select ${dataSet}, ${epoch + 1}::bigint, ${change.phase}, ${change.readPercent}::integer,
             clock_timestamp(), ${change.changedBy}, ${change.reason}
      where ${epoch}::bigint = (select coalesce(max(epoch), 0) from migration_phases where data_set = ${dataSet})
      on conflict do nothing
      returning phase, read_percent, epoch, changed_at, changed_by, reason
    )
    select added.*, pg_notify(${CHANNEL}, ${dataSet}) from added`;
  const [added] = (await statement.execute(db, { signal: call.signal })).rows;
  if (added !== undefined) return { outcome: 'changed', record: toRecord(added) };
  return { outcome: 'conflict', record: await readCurrent(db, dataSet, call) };
}

function toRecord(row: Row): PhaseRecord {
  return {
    phase: row.phase,
    readPercent: row.read_percent,
    epoch: Number(row.epoch),
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    reason: row.reason,
  };
}
