import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export interface InstanceTables {
  /** Columns that this step adds. */
  migration_phases: {
    phase_epoch: string;
    marks_since: string;
  };
  /** The instances of the service, with the epochs of the control record that each acts on. */
  migration_instances: {
    instance_id: string;
    epoch_programs: string;
    epoch_search: string;
    seen_at: Date;
  };
  leases: {
    name: string;
    holder: string;
    expires_at: Date;
  };
}

export const instances: Migration = {
  async up(db: Kysely<unknown>) {
    await addPhaseEpochs(db);
    await sql`
      CREATE TABLE migration_instances (
        instance_id text COLLATE "C" PRIMARY KEY,
        epoch_programs bigint NOT NULL,
        epoch_search bigint NOT NULL,
        seen_at timestamptz NOT NULL
      )`.execute(db);
    await sql`
      CREATE TABLE leases (
        name text COLLATE "C" PRIMARY KEY,
        holder text COLLATE "C" NOT NULL,
        expires_at timestamptz NOT NULL
      )`.execute(db);
  },
};

// A record that was never changed is `off`: what the first row of a data set is compared with.
async function addPhaseEpochs(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE migration_phases ADD COLUMN phase_epoch bigint, ADD COLUMN marks_since bigint`.execute(
    db,
  );
  await sql`
    WITH steps AS (
      SELECT data_set, epoch, phase, lag(phase, 1, 'off') OVER (PARTITION BY data_set ORDER BY epoch) AS before
      FROM migration_phases
    ), begun AS (
      SELECT data_set, epoch, phase,
        max(epoch) FILTER (WHERE phase <> before) OVER so_far AS phase_epoch,
        max(epoch) FILTER (WHERE before = 'off' AND phase <> 'off') OVER so_far AS marks_since
      FROM steps
      WINDOW so_far AS (PARTITION BY data_set ORDER BY epoch)
    )
    UPDATE migration_phases AS stored SET
      phase_epoch = coalesce(begun.phase_epoch, 0),
      marks_since = CASE WHEN stored.phase = 'off' THEN 0 ELSE begun.marks_since END
    FROM begun WHERE begun.data_set = stored.data_set AND begun.epoch = stored.epoch`.execute(db);
  await sql`
    ALTER TABLE migration_phases ALTER COLUMN phase_epoch SET NOT NULL, ALTER COLUMN marks_since SET NOT NULL`.execute(
    db,
  );
}
