import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { createMemoryOutbox } from '../../src/adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../../src/adapters/memory/program-catalog.ts';
import type { Notifications } from '../../src/adapters/postgres/notifications.ts';
import { createPostgresOutbox } from '../../src/adapters/postgres/outbox.ts';
import { createPostgresProgramCatalog } from '../../src/adapters/postgres/program-catalog.ts';
import type { Database } from '../../src/adapters/postgres/tables.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Phase } from '../../src/ports/phase-store.ts';
import type { CatalogFixture } from '../contracts/program-catalog/fixture.ts';
import type { TestDatabase } from './postgres.ts';

export function aMemoryCatalog(clock: Clock): CatalogFixture {
  let phase: Phase = 'off';
  const outbox = createMemoryOutbox({ clock });
  return {
    outbox,
    catalog: createMemoryProgramCatalog({
      outbox,
      marks: (dataSet) => dataSet === 'programs' && phase !== 'off',
    }),
    setPhase: async (next) => {
      phase = next;
    },
  };
}

const TABLES = ['programs', 'outbox', 'counted_views', 'migration_phases'] as const;

/** Empties the tables first. */
export async function aPostgresCatalog(
  { db }: Pick<TestDatabase, 'db'>,
  notifications: Notifications,
): Promise<CatalogFixture> {
  for (const table of TABLES) await sql`delete from ${sql.table(table)}`.execute(db);
  return {
    outbox: createPostgresOutbox({ db, notifications }),
    catalog: createPostgresProgramCatalog({ db }),
    setPhase: (phase) => setPhase(db, 'programs', phase),
  };
}

/** Changes the phase while nobody writes: without the fence. */
export async function setPhase(
  db: Kysely<Database>,
  dataSet: 'programs' | 'search',
  phase: Phase,
): Promise<void> {
  await sql`
    insert into migration_phases (data_set, epoch, phase_epoch, marks_since, phase, read_percent, changed_at, changed_by, reason)
    select ${dataSet}, coalesce(max(epoch), 0) + 1, coalesce(max(epoch), 0) + 1, 1, ${phase}, 0, clock_timestamp(), 'test', 'test'
    from migration_phases where data_set = ${dataSet}`.execute(db);
}
