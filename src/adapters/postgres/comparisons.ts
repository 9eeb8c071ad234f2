import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type {
  Comparisons,
  Difference,
  DifferenceClass,
  DifferenceFilter,
  FoundDifference,
  Tally,
} from '../../ports/comparisons.ts';
import { DIFFERENCES_KEPT, PATHS_KEPT } from '../../ports/comparisons.ts';
import type { Migrated } from '../../ports/phase-store.ts';
import { fromStorableText, toStorableText } from './any-text.ts';
import type { ComparisonTables } from './migrations/0011-comparisons.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<ComparisonTables>;
type DifferenceRow = Selectable<ComparisonTables['migration_differences']>;

/** The tables `migration_comparisons` and `migration_differences`, timed by the server's clock. */
export function createPostgresComparisons({ db }: { readonly db: Db }): Comparisons {
  return {
    add: (dataSet, epoch, tally, call) =>
      withStoreErrors(() => addTally(db, { dataSet, epoch, tally }, call)),
    tally: (dataSet, epoch, call) => withStoreErrors(() => readTally(db, dataSet, epoch, call)),
    report: (dataSet, differences, call) =>
      withStoreErrors(async () => {
        const rows = JSON.stringify(toRows(differences));
        await sql`SELECT report_differences(${dataSet}, ${rows}, ${DIFFERENCES_KEPT})`.execute(db, call);
      }),
    differences: (dataSet, filter, limit, call) =>
      withStoreErrors(() => readDifferences(db, { dataSet, filter, limit }, call)),
    forget: (dataSet, foundBy, call) =>
      withStoreErrors(async () => {
        const finder = foundBy === undefined ? null : toStorableText(foundBy);
        await sql`SELECT forget_differences(${dataSet}, ${finder})`.execute(db, call);
      }),
  };
}

interface Told {
  readonly dataSet: Migrated;
  readonly epoch: number;
  readonly tally: Tally;
}

// Sorted, so that two callers never wait for each other's rows.
async function addTally(db: Db, { dataSet, epoch, tally }: Told, call: Call): Promise<void> {
  await sql`
    INSERT INTO migration_comparisons AS kept (data_set, epoch, class, total)
    SELECT ${dataSet}, ${epoch}::bigint, told.class, told.total::bigint
    FROM json_each_text(${JSON.stringify(tally)}::json) AS told (class, total)
    WHERE told.total::bigint > 0
    ORDER BY told.class COLLATE "C"
    ON CONFLICT (data_set, epoch, class) DO UPDATE SET total = kept.total + excluded.total`.execute(db, call);
}

async function readTally(db: Db, dataSet: Migrated, epoch: number, call: Call): Promise<Tally> {
  const rows = await db
    .selectFrom('migration_comparisons')
    .select(['class', 'total'])
    .where('data_set', '=', dataSet)
    .where('epoch', '=', `${epoch}`)
    .execute(call);
  return Object.fromEntries(rows.map((row) => [row.class, Number(row.total)]));
}

// One statement can not write a row twice: what a report has more than once is counted here.
function toRows(differences: readonly FoundDifference[]) {
  const rows = new Map<string, ReturnType<typeof toRow>>();
  for (const found of differences) {
    const name = JSON.stringify([found.class, found.key, found.foundBy]);
    rows.set(name, toRow(found, (rows.get(name)?.times ?? 0) + 1));
  }
  return [...rows.values()];
}

function toRow(found: FoundDifference, times: number) {
  return {
    class: found.class,
    key: toStorableText(found.key),
    found_by: toStorableText(found.foundBy),
    truth_version: found.truthVersion,
    copy_version: found.copyVersion,
    paths: JSON.stringify(found.paths.slice(0, PATHS_KEPT)),
    times,
  };
}

interface Query {
  readonly dataSet: Migrated;
  readonly filter: DifferenceFilter;
  readonly limit: number;
}

async function readDifferences(
  db: Db,
  { dataSet, filter, limit }: Query,
  call: Call,
): Promise<readonly Difference[]> {
  let query = db.selectFrom('migration_differences').selectAll().where('data_set', '=', dataSet);
  if (filter.class !== undefined) query = query.where('class', '=', filter.class);
  if (filter.foundBy !== undefined) query = query.where('found_by', '=', toStorableText(filter.foundBy));
  const rows = await query
    .orderBy('last_seen', 'desc')
    .orderBy('key')
    .orderBy('class')
    .orderBy('found_by')
    .limit(limit)
    .execute(call);
  return rows.map(toDifference);
}

function toDifference(row: DifferenceRow): Difference {
  return {
    key: fromStorableText(row.key),
    class: row.class as DifferenceClass,
    truthVersion: versionOf(row.truth_version),
    copyVersion: versionOf(row.copy_version),
    paths: JSON.parse(row.paths) as readonly string[],
    foundBy: fromStorableText(row.found_by),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    times: row.times,
  };
}

function versionOf(stored: string | null): number | null {
  return stored === null ? null : Number(stored);
}
