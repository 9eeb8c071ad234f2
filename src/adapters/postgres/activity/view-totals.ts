import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { ActivityStore } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ViewTotal } from '../../../ports/program-catalog.ts';
import type { ActivityTables } from '../migrations/0003-activity.ts';

type Db = Kysely<ActivityTables>;
type Unconfirmed = Awaited<ReturnType<ActivityStore['unconfirmedTotals']>>;

/** Those that wait longest come first, so that programs viewed all the time never hold up the others. */
export async function unconfirmedTotals(db: Db, limit: number, call: Call): Promise<Unconfirmed> {
  const { source } = await db.selectFrom('activity_source').select('source').executeTakeFirstOrThrow(call);
  const rows = await db
    .selectFrom('program_trends')
    .select(['program_id', 'total'])
    .whereRef('total', '>', 'confirmed_total')
    .orderBy('unconfirmed_since')
    .orderBy('program_id')
    .limit(limit)
    .execute(call);
  return { source, totals: rows.map((row) => ({ programId: row.program_id, total: Number(row.total) })) };
}

// Rows are locked in the order of their ids, as `recordViews` does. The lock also makes the update see the newest total.
export async function confirmTotals(
  db: Db,
  totals: readonly ViewTotal[],
  nowMs: number,
  call: Call,
): Promise<void> {
  if (totals.length === 0) return;
  const rows = JSON.stringify(totals.map(({ programId, total }) => ({ program_id: programId, total })));
  await sql`
    with arrived as (
      select program_id, max(total) as total
      from json_to_recordset(${rows}::json) as given (program_id text, total bigint)
      group by program_id
    ), held as (
      select program_id from program_trends
      where program_id in (select program_id from arrived)
      order by program_id for update
    )
    update program_trends as stored
    set confirmed_total = greatest(stored.confirmed_total, least(stored.total, arrived.total)),
      unconfirmed_since = ${new Date(nowMs)}::timestamptz
    from held join arrived using (program_id)
    where stored.program_id = held.program_id`.execute(db, call);
}
