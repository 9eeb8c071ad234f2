import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { NEVER_CHANGED } from '../../domain/migration/phase-epochs.ts';
import type { Call } from '../../ports/call.ts';
import type { Migrated, Phase, PhaseRecord } from '../../ports/phase-store.ts';
import type { MigrationTables } from './migrations/0007-migration.ts';

type Db = Kysely<MigrationTables>;

/** A row of `migration_phases` without its data set. */
export interface PhaseRow {
  readonly phase: Phase;
  readonly read_percent: number;
  readonly epoch: string;
  readonly phase_epoch: string;
  readonly marks_since: string;
  readonly changed_at: Date;
  readonly changed_by: string;
  readonly reason: string;
}

export const phaseColumns = sql.raw(
  'phase, read_percent, epoch, phase_epoch, marks_since, changed_at, changed_by, reason',
);

export async function readHistory(
  db: Db,
  dataSet: Migrated,
  limit: number,
  call: Call,
): Promise<readonly PhaseRecord[]> {
  const statement = sql<PhaseRow>`
    select ${phaseColumns} from migration_phases
    where data_set = ${dataSet} order by epoch desc limit ${limit}`;
  return (await statement.execute(db, { signal: call.signal })).rows.map(toPhaseRecord);
}

export async function readCurrent(db: Db, dataSet: Migrated, call: Call): Promise<PhaseRecord> {
  const [newest] = await readHistory(db, dataSet, 1, call);
  return newest ?? neverChanged();
}

/** A copy: what a store hands out is its caller's. */
export function neverChanged(): PhaseRecord {
  return { ...NEVER_CHANGED, changedAt: new Date(NEVER_CHANGED.changedAt) };
}

export function toPhaseRecord(row: PhaseRow): PhaseRecord {
  return {
    phase: row.phase,
    readPercent: row.read_percent,
    epoch: Number(row.epoch),
    phaseEpoch: Number(row.phase_epoch),
    marksSince: Number(row.marks_since),
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    reason: row.reason,
  };
}
