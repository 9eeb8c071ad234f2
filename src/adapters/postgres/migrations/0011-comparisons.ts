import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export interface ComparisonTables {
  migration_comparisons: { data_set: string; epoch: string; class: string; total: string };
  migration_differences: {
    data_set: string;
    class: string;
    key: string;
    found_by: string;
    truth_version: string | null;
    copy_version: string | null;
    /** A JSON array; text, because a path may have what jsonb does not take. */
    paths: string;
    first_seen: Date;
    last_seen: Date;
    times: number;
  };
}

export const comparisons: Migration = {
  async up(db: Kysely<unknown>) {
    await createComparisons(db);
    await createDifferences(db);
    await sql.raw(REPORT_DIFFERENCES).execute(db);
    await sql.raw(FORGET_DIFFERENCES).execute(db);
  },
};

async function createComparisons(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE migration_comparisons (
      data_set text COLLATE "C" NOT NULL,
      epoch bigint NOT NULL,
      class text COLLATE "C" NOT NULL,
      total bigint NOT NULL,
      PRIMARY KEY (data_set, epoch, class)
    )`.execute(db);
}

async function createDifferences(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE migration_differences (
      data_set text COLLATE "C" NOT NULL,
      class text COLLATE "C" NOT NULL,
      key text COLLATE "C" NOT NULL,
      found_by text COLLATE "C" NOT NULL,
      truth_version bigint,
      copy_version bigint,
      paths text NOT NULL,
      first_seen timestamptz NOT NULL,
      last_seen timestamptz NOT NULL,
      times integer NOT NULL,
      PRIMARY KEY (data_set, class, key, found_by)
    )`.execute(db);
}

/*
 * One caller of a data set after the other: only so is there never one more than is kept, and no deadlock. The first number of
 * the lock is that of differences alone.
 */
const REPORT_DIFFERENCES = `
CREATE FUNCTION report_differences(of_data_set text, given json, most integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  now_at timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(19790, hashtext(of_data_set));
  now_at := clock_timestamp();
  INSERT INTO migration_differences AS kept
  SELECT of_data_set, found.class, found.key, found.found_by, found.truth_version, found.copy_version, found.paths,
    now_at, now_at, found.times
  FROM json_to_recordset(given) AS found (
    class text, key text, found_by text, truth_version bigint, copy_version bigint, paths text, times integer)
  ON CONFLICT (data_set, class, key, found_by) DO UPDATE SET
    truth_version = excluded.truth_version, copy_version = excluded.copy_version, paths = excluded.paths,
    last_seen = excluded.last_seen, times = kept.times + excluded.times;
  DELETE FROM migration_differences AS kept USING (
    SELECT class, key, found_by,
      row_number() OVER (PARTITION BY class ORDER BY last_seen DESC, key, found_by) AS place
    FROM migration_differences WHERE data_set = of_data_set
  ) AS placed
  WHERE placed.place > most AND kept.data_set = of_data_set
    AND kept.class = placed.class AND kept.key = placed.key AND kept.found_by = placed.found_by;
END $$`;

const FORGET_DIFFERENCES = `
CREATE FUNCTION forget_differences(of_data_set text, of_finder text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(19790, hashtext(of_data_set));
  DELETE FROM migration_differences
  WHERE data_set = of_data_set AND (of_finder IS NULL OR found_by = of_finder);
END $$`;
