import type { Kysely } from 'kysely';
import type { ProgramDraft } from '../../domain/program/program.ts';
import { conditionHolds } from '../../domain/program/write-condition.ts';
import type { Call } from '../../ports/call.ts';
import type { BulkOutcome, PutOutcome, WriteCondition } from '../../ports/program-catalog.ts';
import type { PooledDatabase } from './database.ts';
import type { DecidedRow, PutRequest } from './program-catalog-put-statement.ts';
import { decidedPutStatement, putStatement } from './program-catalog-put-statement.ts';
import { toProgram } from './program-catalog-rows.ts';
import type { Database } from './tables.ts';

/**
 * One statement writes, or says from its own snapshot why it did not. When the snapshot says that it should have written,
 * another writer came between the snapshot and the row's lock: a newer snapshot decides. Each round means that someone
 * else's write was made, so this ends.
 */
export async function putProgram(db: PooledDatabase, request: PutRequest, call: Call): Promise<PutOutcome> {
  const statement = decidedPutStatement(request);
  for (;;) {
    const [row] = await db.runPrepared(statement, call);
    const outcome = outcomeOf(row, request.condition);
    if (outcome !== undefined) return outcome;
  }
}

function outcomeOf(row: DecidedRow | undefined, condition: WriteCondition): PutOutcome | undefined {
  const program = row === undefined || row.deleted_at !== null ? undefined : toProgram(row);
  if (row?.written && program !== undefined) return { outcome: row.created ? 'created' : 'updated', program };
  if (!conditionHolds(condition, program)) return { outcome: 'conflict', current: program };
  return program === undefined || row?.differs ? undefined : { outcome: 'unchanged', program };
}

export async function putPrograms(
  db: Kysely<Database>,
  request: PutRequest,
  call: Call,
): Promise<readonly BulkOutcome[]> {
  call.signal.throwIfAborted();
  if (request.drafts.length === 0) return [];
  const { rows } = await putStatement(request).execute(db, { signal: call.signal });
  const created = new Map(rows.map((row) => [row.program_id, row.created]));
  return request.drafts.map((draft) => bulkOutcome(draft, created));
}

function bulkOutcome(draft: ProgramDraft, created: ReadonlyMap<string, boolean>): BulkOutcome {
  const wasCreated = created.get(draft.programId);
  if (wasCreated === undefined) return 'unchanged';
  return wasCreated ? 'created' : 'updated';
}
