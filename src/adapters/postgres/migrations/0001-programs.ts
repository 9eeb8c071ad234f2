import type { ColumnType, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { JsonObject } from '../../../domain/json.ts';

/** `pg` reads int8 as text, since it can be past 2^53. */
type Int8 = ColumnType<string, number | string, number | string>;

export interface ProgramTables {
  programs: {
    program_id: string;
    title: string;
    description: string;
    content_type: string;
    category: string;
    language: string;
    tags: string[];
    thumbnail_url: string | null;
    metadata: ColumnType<JsonObject, string, string>;
    /** `pg` reads a date as midnight in the process's time zone: select it with `to_char`. */
    release_date: ColumnType<Date | null, string | null, string | null>;
    view_count: Int8;
    popularity_score: number;
    version: Int8;
    /** The version that created the program, the last time it was created. */
    created_version: Int8;
    created_at: Date;
    updated_at: Date;
    deleted_at: Date | null;
  };
  outbox: {
    data_set: string;
    key: string;
    version: Int8;
    /** When the copy began to be behind; a newer mark of the same key keeps it. */
    enqueued_at: Date;
    /** Nobody may claim the mark before: the end of a lease or of a delay. */
    free_at: Date;
    attempts: number;
    last_error: string | null;
  };
  counted_views: {
    source: string;
    program_id: string;
    total: Int8;
  };
}

// "C" compares bytes, which for UTF-8 is by code point, whatever the collation of the server's databases.
const createPrograms = sql`
  create table programs (
    program_id text collate "C" primary key,
    title text collate "C" not null,
    description text not null,
    content_type text collate "C" not null,
    category text collate "C" not null,
    language text collate "C" not null,
    tags text[] not null,
    thumbnail_url text,
    metadata jsonb not null,
    release_date date,
    view_count bigint not null check (view_count >= 0),
    popularity_score double precision not null check (popularity_score >= 0 and popularity_score < 'infinity'),
    version bigint not null check (version > 0),
    created_version bigint not null check (created_version <= version),
    created_at timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    deleted_at timestamptz(3)
  )`;

// Every index slows each write, so there is one for each order, and one for each filter that may leave few programs. A
// filter that leaves many is met soon while walking an order; what few are left is sorted at once.
// The falling orders are kept as rising numbers: (number, id) then rises as a whole and can be compared as a row.
const PROGRAM_INDEXES: Readonly<Record<string, string>> = {
  programs_by_popularity: '((-popularity_score), program_id)',
  programs_by_views: '((-view_count), program_id)',
  programs_by_release: "(coalesce(date '9999-12-31' - release_date, 2147483647), program_id)",
  programs_by_title: '(title, program_id)',
  programs_by_category: '(category, (-popularity_score), program_id)',
  programs_by_language: '(language, (-popularity_score), program_id)',
  programs_by_content_type: '(content_type, (-popularity_score), program_id)',
  programs_by_tag: 'using gin (tags)',
};

// Free space on each page lets a claim change its row in place, without new index entries.
const createOutbox = sql`
  create table outbox (
    data_set text collate "C" not null,
    key text collate "C" not null,
    version bigint not null check (version > 0),
    enqueued_at timestamptz not null,
    free_at timestamptz not null,
    attempts integer not null,
    last_error text,
    primary key (data_set, key)
  ) with (fillfactor = 70)`;

const createCountedViews = sql`
  create table counted_views (
    source text collate "C" not null,
    program_id text collate "C" not null,
    total bigint not null check (total >= 0),
    primary key (source, program_id)
  )`;

export const programs: Migration = {
  async up(db: Kysely<unknown>) {
    await createPrograms.execute(db);
    for (const [name, columns] of Object.entries(PROGRAM_INDEXES)) {
      const on = columns.startsWith('using') ? columns : `using btree ${columns}`;
      await sql`create index ${sql.ref(name)} on programs ${sql.raw(on)} where deleted_at is null`.execute(
        db,
      );
    }
    await createOutbox.execute(db);
    await sql`create index outbox_by_age on outbox (data_set, enqueued_at, key)`.execute(db);
    await createCountedViews.execute(db);
  },
};
