import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type { KeyRange } from '../../ports/key-ranges.ts';
import type { ProgramState } from '../../ports/program-catalog.ts';
import type { ProgramRow } from './program-catalog-rows.ts';
import { programColumns, toProgram } from './program-catalog-rows.ts';
import { splitKeysStatement } from './split-keys.ts';
import type { Database } from './tables.ts';

/** A row as what a copy of the catalogue must become. */
export function toState(row: ProgramRow): ProgramState {
  return row.deleted_at === null
    ? { deleted: false, program: toProgram(row) }
    : { deleted: true, programId: row.program_id, version: Number(row.version) };
}

export async function scanProgramStates(
  db: Kysely<Database>,
  range: KeyRange,
  limit: number,
  call: Call,
): Promise<readonly ProgramState[]> {
  const upTo: RawBuilder<unknown> =
    range.upTo === undefined ? sql`true` : sql`programs.program_id <= ${range.upTo}`;
  // No id is empty, so every id comes after ''.
  const statement = sql<ProgramRow>`
    select ${programColumns('programs')} from programs
    where programs.program_id > ${range.after ?? ''} and ${upTo}
    order by programs.program_id limit ${limit}`;
  return (await statement.execute(db, { signal: call.signal })).rows.map(toState);
}

export async function splitProgramIds(
  db: Kysely<Database>,
  parts: number,
  call: Call,
): Promise<readonly string[]> {
  const statement = splitKeysStatement('programs', 'program_id', parts);
  return (await statement.execute(db, { signal: call.signal })).rows.map(({ key }) => key);
}
