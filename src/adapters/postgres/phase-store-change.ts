import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { FenceTimeout } from '../../domain/errors.ts';
import { epochsAfter } from '../../domain/migration/phase-epochs.ts';
import type { Call } from '../../ports/call.ts';
import type { Migrated, PhaseChange, PhaseOutcome, PhaseRecord } from '../../ports/phase-store.ts';
import type { MigrationTables } from './migrations/0007-migration.ts';
import type { PhaseRow } from './phase-store-records.ts';
import { phaseColumns, readCurrent, toPhaseRecord } from './phase-store-records.ts';

type Db = Kysely<MigrationTables>;

export const PHASE_CHANNEL = 'mediamesh_phase';

/**
 * The advisory locks that writes of a data set hold shared to the end of their transaction, and a change of its phase alone.
 * The triggers that leave the marks name the same numbers.
 */
const FENCE = { space: 19789, numbers: { programs: 1, search: 2 } } as const;

const LOCK_NOT_AVAILABLE = '55P03';

interface Step {
  readonly dataSet: Migrated;
  readonly epoch: number;
  readonly change: PhaseChange;
  readonly fenceTimeoutMs: number;
}

export async function changePhase(db: Db, step: Step, call: Call): Promise<PhaseOutcome> {
  // What a record was at an epoch never changes, so it may be looked at first: the row is added only if that epoch still stands.
  const before = await readCurrent(db, step.dataSet, call);
  if (before.epoch !== step.epoch) return { outcome: 'conflict', record: before };
  const isSwitch = step.change.phase !== before.phase;
  const added = await (isSwitch ? addFenced(db, step, before, call) : addRecord(db, step, before, call));
  if (added !== undefined) return { outcome: 'changed', record: added };
  return { outcome: 'conflict', record: await readCurrent(db, step.dataSet, call) };
}

/**
 * Waits until no write is under way and keeps new ones waiting until the change commits. The lock has a statement of its own:
 * a statement sees what was committed when it began, not when its lock was granted. The time-out bounds how long writers queue
 * behind a change that waits for one of them.
 */
async function addFenced(
  db: Db,
  step: Step,
  before: PhaseRecord,
  call: Call,
): Promise<PhaseRecord | undefined> {
  const { dataSet, fenceTimeoutMs } = step;
  try {
    return await db
      .transaction()
      .setIsolationLevel('read committed')
      .execute(async (transaction) => {
        const run = (statement: ReturnType<typeof sql>) => statement.execute(transaction, call);
        await run(sql`select set_config('lock_timeout', ${`${fenceTimeoutMs}ms`}, true)`);
        await run(
          sql`select pg_advisory_xact_lock(${FENCE.space}::integer, ${FENCE.numbers[dataSet]}::integer)`,
        );
        return addRecord(transaction, step, before, call);
      });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new FenceTimeout('Postgres', { what: dataSet, waitedMs: fenceTimeoutMs, cause: error });
  }
}

/** Answers nothing when the record is at another epoch by now. */
async function addRecord(
  db: Db,
  { dataSet, epoch, change }: Step,
  before: PhaseRecord,
  call: Call,
): Promise<PhaseRecord | undefined> {
  const next = epochsAfter(before, change);
  // A notification of a statement goes out when it commits, and not at all when it does not.
  const statement = sql<PhaseRow>`
    with added as (
      insert into migration_phases (data_set, epoch, phase, read_percent, phase_epoch, marks_since,
        changed_at, changed_by, reason)
      select ${dataSet}, ${next.epoch}::bigint, ${change.phase}, ${change.readPercent}::integer,
        ${next.phaseEpoch}::bigint, ${next.marksSince}::bigint, clock_timestamp(), ${change.changedBy}, ${change.reason}
      where ${epoch}::bigint = (select coalesce(max(epoch), 0) from migration_phases where data_set = ${dataSet})
      on conflict do nothing
      returning ${phaseColumns}
    )
    select added.*, pg_notify(${PHASE_CHANNEL}, ${dataSet}) from added`;
  const [added] = (await statement.execute(db, { signal: call.signal })).rows;
  return added && toPhaseRecord(added);
}
