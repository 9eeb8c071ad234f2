import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { conditionHolds } from '../../domain/program/write-condition.ts';
import type { Call } from '../../ports/call.ts';
import type { DeleteOutcome, WriteCondition } from '../../ports/program-catalog.ts';
import { holdsOfRow } from './program-catalog-condition.ts';
import type { ProgramRow } from './program-catalog-rows.ts';
import { programColumns, toProgram } from './program-catalog-rows.ts';
import type { Database } from './tables.ts';

export interface DeleteRequest {
  readonly programId: string;
  readonly condition: WriteCondition;
  readonly at: Date;
}

/** What the statement's snapshot has, and the version of the deletion when it was made. */
type DeletedRow = ProgramRow & { readonly deleted_version: string | null };

/** Decided as a put is: by the statement, and when another writer came in between, again on a newer snapshot. */
export async function deleteProgram(
  db: Kysely<Database>,
  request: DeleteRequest,
  call: Call,
): Promise<DeleteOutcome> {
  const statement = deleteStatement(request);
  for (;;) {
    const { rows } = await statement.execute(db, { signal: call.signal });
    const row = rows[0];
    if (row === undefined || (row.deleted_at !== null && row.deleted_version === null))
      return { outcome: 'absent' };
    if (row.deleted_version !== null) return { outcome: 'deleted', version: Number(row.deleted_version) };
    const current = toProgram(row);
    if (!conditionHolds(request.condition, current)) return { outcome: 'conflict', current };
  }
}

function deleteStatement({ programId, condition, at }: DeleteRequest): RawBuilder<DeletedRow> {
  const deletedAt = sql`${at.toISOString()}::timestamptz`;
  return sql`
    with written as (
      update programs as gone set version = gone.version + 1, updated_at = ${deletedAt}, deleted_at = ${deletedAt}
      where gone.program_id = ${programId} and gone.deleted_at is null and ${holdsOfRow(condition, 'gone')}
      returning gone.program_id, gone.version
    )
    select ${programColumns('seen')}, written.version as deleted_version
    from programs as seen left join written using (program_id)
    where seen.program_id = ${programId}`;
}
