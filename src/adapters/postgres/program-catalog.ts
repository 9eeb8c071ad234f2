import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Program } from '../../domain/program/program.ts';
import type { Call } from '../../ports/call.ts';
import type { CategoryCount, ProgramCatalog } from '../../ports/program-catalog.ts';
import type { PooledDatabase } from './database.ts';
import { deleteProgram } from './program-catalog-delete.ts';
import { putProgram, putPrograms } from './program-catalog-put.ts';
import { queryPrograms, topPrograms } from './program-catalog-queries.ts';
import type { ProgramRow } from './program-catalog-rows.ts';
import { programColumns, toProgram } from './program-catalog-rows.ts';
import { scanProgramStates, splitProgramIds, toState } from './program-catalog-states.ts';
import { addViewTotals } from './program-catalog-views.ts';
import type { ReplicaDeps, ReplicaReader } from './replica.ts';
import { createReplicaReader } from './replica.ts';
import { withStoreErrors } from './store-errors.ts';
import type { Database } from './tables.ts';

export interface PostgresProgramCatalogDeps {
  readonly db: PooledDatabase;
  /** Answers `query`, `top` and `categories`, which then may lag behind the writes. */
  readonly replica?: Pick<ReplicaDeps, 'clock' | 'telemetry'> & { readonly db: Kysely<Database> };
}

/**
 * The catalogue in `programs`. Works at the isolation level READ COMMITTED, Postgres' default. The outbox is marked by triggers of
 * the table, so that no writer can forget it.
 */
export function createPostgresProgramCatalog({ db, replica }: PostgresProgramCatalogDeps): ProgramCatalog {
  const read: ReplicaReader = replica
    ? createReplicaReader({ ...replica, primary: db, replica: replica.db })
    : (run) => withStoreErrors(() => run(db));
  return {
    get: (programId, call) => withStoreErrors(async () => (await readLive(db, [programId], call))[0]),
    getMany: (programIds, call) => withStoreErrors(() => readLive(db, programIds, call)),
    put: (draft, condition, at, call) =>
      withStoreErrors(() => putProgram(db, { drafts: [draft], condition, at }, call)),
    putMany: (drafts, at, call) =>
      withStoreErrors(() => putPrograms(db, { drafts, condition: { kind: 'any' }, at }, call)),
    delete: (programId, condition, at, call) =>
      withStoreErrors(() => deleteProgram(db, { programId, condition, at }, call)),
    query: (query, call) => read((from) => queryPrograms(from, query, call)),
    top: (query, call) => read((from) => topPrograms(from, query, call)),
    categories: (call) => read((from) => countCategories(from, call)),
    scan: (afterId, limit, call) => withStoreErrors(() => scanPrograms(db, afterId, limit, call)),
    currentStates: (programIds, call) =>
      withStoreErrors(async () => (await readRows(db, programIds, call)).map(toState)),
    scanStates: (range, limit, call) => withStoreErrors(() => scanProgramStates(db, range, limit, call)),
    splitKeys: (parts, call) => withStoreErrors(() => splitProgramIds(db, parts, call)),
    addViews: (source, totals, at, call) =>
      withStoreErrors(() => addViewTotals(db, { source, totals, at }, call)),
  };
}

async function readRows(
  db: PooledDatabase,
  ids: readonly string[],
  call: Call,
): Promise<readonly ProgramRow[]> {
  call.signal.throwIfAborted();
  if (ids.length === 0) return [];
  const statement = sql<ProgramRow>`
    select ${programColumns('programs')} from programs where programs.program_id = any(${ids}::text[])`;
  return db.runPrepared(statement, call);
}

async function readLive(db: PooledDatabase, ids: readonly string[], call: Call): Promise<readonly Program[]> {
  const rows = await readRows(db, ids, call);
  return rows.filter((row) => row.deleted_at === null).map(toProgram);
}

async function scanPrograms(
  db: Kysely<Database>,
  afterId: string | undefined,
  limit: number,
  call: Call,
): Promise<readonly Program[]> {
  // No id is empty, so every id comes after ''.
  const statement = sql<ProgramRow>`
    select ${programColumns('programs')} from programs
    where programs.program_id > ${afterId ?? ''} and programs.deleted_at is null
    order by programs.program_id limit ${limit}`;
  return (await statement.execute(db, { signal: call.signal })).rows.map(toProgram);
}

async function countCategories(db: Kysely<Database>, call: Call): Promise<readonly CategoryCount[]> {
  const statement = sql<{ readonly category: string; readonly count: string }>`
    select category, count(*) as count from programs where deleted_at is null
    group by category order by count(*) desc, category`;
  const { rows } = await statement.execute(db, { signal: call.signal });
  return rows.map(({ category, count }) => ({ category, count: Number(count) }));
}
