import type { Kysely } from 'kysely';
import { StoreRefused } from '../../../domain/errors.ts';
import type { Finding } from '../../../domain/finding.ts';
import type { MigrationState } from '../migrate.ts';
import { migrationStates } from '../migrate.ts';
import type { Database } from '../tables.ts';

/** Whether the schema is the one of this version. */
export async function schemaFinding(db: Kysely<Database>, userName: string): Promise<Finding> {
  try {
    return findingOf(await migrationStates(db));
  } catch (error) {
    if (!(error instanceof StoreRefused && error.cause instanceof Error)) throw error;
    const text = `which steps of the schema were made is not known: ${error.cause.message}`;
    return { level: 'fault', text, mend: `GRANT SELECT ON kysely_migration TO ${userName}` };
  }
}

function findingOf(states: readonly MigrationState[]): Finding {
  const namesOf = (steps: readonly MigrationState[]) => steps.map(({ name }) => name).join(', ');
  const newer = states.filter(({ isKnown }) => !isKnown);
  if (newer.length > 0) {
    const mend = 'run the version that made them, or a newer one: this one does not start on them';
    return { level: 'fault', text: `the schema has steps of a newer version: ${namesOf(newer)}`, mend };
  }
  const pending = states.filter(({ isMade }) => !isMade);
  if (pending.length === 0) return { level: 'ok', text: 'the schema is up to date' };
  const text = `the schema lacks ${namesOf(pending)}`;
  return { level: 'warning', text, mend: 'npx mediamesh db migrate (a service does it when it starts)' };
}
