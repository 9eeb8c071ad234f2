import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type { ViewTotal } from '../../ports/program-catalog.ts';
import type { Database } from './tables.ts';

export interface AddViewsRequest {
  readonly source: string;
  readonly totals: readonly ViewTotal[];
  readonly at: Date;
}

/**
 * Two statements in one transaction: the second reads, on a snapshot taken under the programs' locks, what the source has
 * counted so far. In one statement that snapshot would be older than the locks, and a total counted in between be added twice.
 */
export async function addViewTotals(
  db: Kysely<Database>,
  request: AddViewsRequest,
  call: Call,
): Promise<void> {
  call.signal.throwIfAborted();
  if (request.totals.length === 0) return;
  const options = { signal: call.signal };
  await db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (transaction) => {
      const { rows } = await lockPrograms(request).execute(transaction, options);
      if (rows.length > 0) await addStatement(request, rows).execute(transaction, options);
    });
}

interface LockedRow {
  readonly program_id: string;
}

// In the order of the ids, as every other write locks them.
function lockPrograms({ totals }: AddViewsRequest): RawBuilder<LockedRow> {
  const ids = totals.map(({ programId }) => programId);
  return sql`
    select program_id from programs where program_id = any(${ids}::text[]) and deleted_at is null
    order by program_id for no key update`;
}

function addStatement(request: AddViewsRequest, locked: readonly LockedRow[]): RawBuilder<unknown> {
  const { source, totals, at } = request;
  return sql`
    with given as (
      select "programId" as program_id, max(total) as total
      from json_to_recordset(${JSON.stringify(totals)}::json) as given ("programId" text, total bigint)
      where "programId" = any(${locked.map((row) => row.program_id)}::text[])
      group by 1
    ),
    grown as materialized (
      select given.program_id, given.total, given.total - coalesce(counted.total, 0) as added
      from given left join counted_views as counted on counted.source = ${source} and counted.program_id = given.program_id
      where given.total > coalesce(counted.total, 0)
    ),
    counted as (
      insert into counted_views (source, program_id, total) select ${source}, program_id, total from grown
      on conflict (source, program_id) do update set total = excluded.total
    )
    update programs as program set
      view_count = least(program.view_count + grown.added, ${Number.MAX_SAFE_INTEGER}),
      version = program.version + 1,
      updated_at = ${at.toISOString()}::timestamptz
    from grown where program.program_id = grown.program_id`;
}
