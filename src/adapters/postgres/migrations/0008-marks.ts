import type { ColumnType, Generated, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** `pg` reads int8 as text, since it can be past 2^53. */
type Int8 = ColumnType<string, number | string, number | string>;

export interface MarkTables {
  outbox: {
    /** New at every marking, also when the version stays. */
    revision: Generated<Int8>;
    refresh: Generated<boolean>;
    /** When the mark was last claimed since it was marked. */
    claimed_at: Date | null;
    /** `last_error` has the reason. */
    parked_at: Date | null;
  };
}

export const marks: Migration = {
  async up(db: Kysely<unknown>) {
    await extendOutbox(db);
    await sql.raw(FENCED_PHASE).execute(db);
    await sql.raw(MARK_PROGRAMS).execute(db);
    await sql.raw(MARK_DOCUMENTS).execute(db);
    for (const [table, mark] of Object.entries(MARKED_TABLES)) await addTriggers(db, table, mark);
  },
};

// A claim walks the first index, oldest first, and changes none of its columns. Few marks are ever parked.
async function extendOutbox(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE SEQUENCE outbox_revision`.execute(db);
  await sql`
    ALTER TABLE outbox
      ADD COLUMN revision bigint NOT NULL DEFAULT nextval('outbox_revision'),
      ADD COLUMN refresh boolean NOT NULL DEFAULT false,
      ADD COLUMN claimed_at timestamptz,
      ADD COLUMN parked_at timestamptz`.execute(db);
  await sql`ALTER SEQUENCE outbox_revision OWNED BY outbox.revision`.execute(db);
  await sql`UPDATE outbox SET data_set = 'documents' WHERE data_set = 'search'`.execute(db);
  await sql`DROP INDEX outbox_by_age`.execute(db);
  await sql`
    CREATE INDEX outbox_by_age ON outbox (data_set, enqueued_at, key) WHERE parked_at IS NULL`.execute(db);
  await sql`CREATE INDEX outbox_parked ON outbox (data_set, key) WHERE parked_at IS NOT NULL`.execute(db);
}

/*
 * The phase that a write must reckon with. The lock and the look at the phase are statements of their own: each statement of a
 * volatile function at READ COMMITTED sees what was committed before it began, so a change of phase that the lock waited for is
 * seen. In one statement, or at a stricter level, the snapshot would be older than the wait.
 */
const FENCED_PHASE = `
CREATE FUNCTION fenced_phase(of_data_set text, fence integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  in_force text;
BEGIN
  IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
    RAISE EXCEPTION 'writes of "%" are made at the isolation level READ COMMITTED only, not at %',
      of_data_set, upper(current_setting('transaction_isolation'))
    USING ERRCODE = 'object_not_in_prerequisite_state',
      DETAIL = 'A snapshot kept for the whole transaction does not see that the migration has begun, so the copy would miss the write.',
      HINT = 'Begin the transaction with BEGIN ISOLATION LEVEL READ COMMITTED.';
  END IF;
  PERFORM pg_advisory_xact_lock_shared(19789, fence);
  SELECT phase INTO in_force FROM migration_phases WHERE data_set = of_data_set ORDER BY epoch DESC LIMIT 1;
  RETURN coalesce(in_force, 'off');
END $$`;

/*
 * What a statement wrote is marked, by key. INSERT ... ON CONFLICT DO UPDATE fires the triggers of both kinds, each with its rows.
 * A row that changed but kept its version is marked to be written over that version; one that says what it said, not at all.
 *
 * Plans are kept from the first call on, when a single row may have been written: without nested loops they suit a million too.
 */
const MARK_PROGRAMS = `
CREATE FUNCTION mark_programs() RETURNS trigger LANGUAGE plpgsql VOLATILE SET enable_nestloop = off AS $$
DECLARE
  data_sets text[] := ARRAY['documents'];
BEGIN
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  IF fenced_phase('programs', 1) <> 'off' THEN data_sets := ARRAY['documents', 'programs']; END IF;
  IF TG_OP = 'INSERT' THEN
    ${marking('SELECT unnest(data_sets) AS data_set, program_id AS key, version, false AS refresh FROM written')};
  ELSE
    ${marking(`
      SELECT unnest(data_sets) AS data_set, program_id AS key, written.version, earlier.version = written.version AS refresh
      FROM written LEFT JOIN earlier USING (program_id)
      WHERE written.version IS DISTINCT FROM earlier.version OR ${differ([
        'title',
        'description',
        'content_type',
        'category',
        'language',
        'tags',
        'thumbnail_url',
        'metadata',
        'release_date',
        'view_count',
        'popularity_score',
        'created_at',
        'updated_at',
        'deleted_at',
      ])}`)};
  END IF;
  RETURN NULL;
END $$`;

// The version is the freshness rank: the versions of programs stand above those of the document calls.
const MARK_DOCUMENTS = `
CREATE FUNCTION mark_search_documents() RETURNS trigger LANGUAGE plpgsql VOLATILE SET enable_nestloop = off AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM written) THEN RETURN NULL; END IF;
  IF fenced_phase('search', 2) = 'off' THEN RETURN NULL; END IF;
  IF TG_OP = 'INSERT' THEN
    ${marking(`
      SELECT 'search' AS data_set, content_id AS key, ${rank('written')} AS version, false AS refresh FROM written`)};
  ELSE
    ${marking(`
      SELECT 'search' AS data_set, content_id AS key, ${rank('written')} AS version,
        ${rank('earlier')} = ${rank('written')} AS refresh
      FROM written LEFT JOIN earlier USING (content_id)
      WHERE ${rank('written')} IS DISTINCT FROM ${rank('earlier')} OR ${differ([
        'removed',
        'content_type',
        'title',
        'description',
        'category',
        'language',
        'tags',
        'popularity_score',
        'release_date',
        'indexed_at',
      ])}`)};
  END IF;
  RETURN NULL;
END $$`;

// A newer mark takes the place of the older one, whoever holds that: what the holder settles is another revision.
function marking(changed: string): string {
  return `
    INSERT INTO outbox AS mark (data_set, key, version, refresh, enqueued_at, free_at, attempts)
    SELECT data_set, key, version, coalesce(refresh, false), clock_timestamp(), clock_timestamp(), 0
    FROM (${changed}) AS changed
    ORDER BY key, data_set
    ON CONFLICT (data_set, key) DO UPDATE SET
      version = excluded.version, revision = excluded.revision, refresh = mark.refresh OR excluded.refresh,
      free_at = excluded.free_at, attempts = 0, last_error = NULL, claimed_at = NULL, parked_at = NULL`;
}

function differ(columns: readonly string[]): string {
  const row = (table: string) => columns.map((column) => `${table}.${column}`).join(', ');
  return `(${row('written')}) IS DISTINCT FROM (${row('earlier')})`;
}

function rank(row: string): string {
  return `(${row}.version + CASE ${row}.source WHEN 'program' THEN 1099511627776 ELSE 0 END)`;
}

const MARKED_TABLES = { programs: 'mark_programs', search_documents: 'mark_search_documents' } as const;

// A trigger with transition tables is for one kind of statement. Rows are never deleted.
async function addTriggers(db: Kysely<unknown>, table: string, mark: string): Promise<void> {
  await sql`
    CREATE TRIGGER mark_inserted AFTER INSERT ON ${sql.ref(table)}
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ${sql.ref(mark)}()`.execute(db);
  await sql`
    CREATE TRIGGER mark_updated AFTER UPDATE ON ${sql.ref(table)}
    REFERENCING OLD TABLE AS earlier NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ${sql.ref(mark)}()`.execute(db);
}
