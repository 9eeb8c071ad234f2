import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import { Migrator } from 'kysely/migration';
import { programs } from './migrations/0001-programs.ts';
import { search } from './migrations/0002-search.ts';
import { activity } from './migrations/0003-activity.ts';
import { requests } from './migrations/0004-requests.ts';
import { texts } from './migrations/0005-texts.ts';
import { counters } from './migrations/0006-counters.ts';
import { migration } from './migrations/0007-migration.ts';
import { marks } from './migrations/0008-marks.ts';
import { instances } from './migrations/0009-instances.ts';
import { jobs } from './migrations/0010-jobs.ts';
import { comparisons } from './migrations/0011-comparisons.ts';
import { permits } from './migrations/0012-permits.ts';
import { counterBatches } from './migrations/0013-counter-batches.ts';
import { withStoreErrors } from './store-errors.ts';
import type { Database } from './tables.ts';

/** Forward only: a step that was released never changes, and none has a way down. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-programs': programs,
  '0002-search': search,
  '0003-activity': activity,
  '0004-requests': requests,
  '0005-texts': texts,
  '0006-counters': counters,
  '0007-migration': migration,
  '0008-marks': marks,
  '0009-instances': instances,
  '0010-jobs': jobs,
  '0011-comparisons': comparisons,
  '0012-permits': permits,
  '0013-counter-batches': counterBatches,
};

const provider: MigrationProvider = { getMigrations: async () => ({ ...MIGRATIONS }) };

/** A newer version has migrated the database: an older one that works on it could spoil what that keeps there. */
class SchemaTooNew extends Error {
  constructor(steps: readonly string[]) {
    super(
      `the database schema has steps that this version does not know (${steps.join(', ')}): run the version that made them, or a newer one`,
    );
    this.name = 'SchemaTooNew';
  }
}

/**
 * Brings the schema up to date and answers the names of the steps made. Kysely's migrator holds an advisory lock and
 * makes all steps in one transaction, so several instances may start at once: one migrates, the others wait and find
 * nothing to do.
 *
 * @throws the error of the step that failed; nothing of any step is kept then. {@link SchemaTooNew}
 */
export async function migrateToLatest(db: Kysely<Database>): Promise<readonly string[]> {
  return await withStoreErrors(async () => {
    const strangers = await unknownSteps(db);
    if (strangers.length > 0) throw new SchemaTooNew(strangers);
    const { error, results } = await new Migrator({ db, provider }).migrateToLatest();
    if (error !== undefined) throw error;
    return (results ?? []).filter((step) => step.status === 'Success').map((step) => step.migrationName);
  });
}

export interface MigrationState {
  readonly name: string;
  readonly isMade: boolean;
  /** `false`: a newer version has made it. */
  readonly isKnown: boolean;
}

/** Every step in order, and whether it was made. Changes nothing. */
export async function migrationStates(db: Kysely<Database>): Promise<readonly MigrationState[]> {
  return await withStoreErrors(async () => {
    const known = await new Migrator({ db, provider }).getMigrations();
    const strangers = await unknownSteps(db);
    return [
      ...known.map(({ name, executedAt }) => ({ name, isMade: executedAt !== undefined, isKnown: true })),
      ...strangers.map((name) => ({ name, isMade: true, isKnown: false })),
    ];
  });
}

const UNDEFINED_TABLE = '42P01';

async function unknownSteps(db: Kysely<Database>): Promise<readonly string[]> {
  try {
    const { rows } = await sql<{ readonly name: string }>`select name from kysely_migration`.execute(db);
    return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
  } catch (error) {
    // A database that was never migrated.
    if (error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE) return [];
    throw error;
  }
}
