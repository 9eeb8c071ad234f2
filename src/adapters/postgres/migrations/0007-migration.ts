import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export interface MigrationTables {
  /** The control record: the row with the highest epoch of a data set is in force, the others are its history. */
  migration_phases: {
    data_set: string;
    epoch: string;
    phase: string;
    read_percent: number;
    changed_at: Date;
    changed_by: string;
    reason: string;
  };
}

export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      CREATE TABLE migration_phases (
        data_set text COLLATE "C" NOT NULL,
        epoch bigint NOT NULL CHECK (epoch > 0),
        phase text NOT NULL,
        read_percent integer NOT NULL CHECK (read_percent BETWEEN 0 AND 100),
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (data_set, epoch)
      )`.execute(db);
  },
};
