import type { ColumnType, GeneratedAlways, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** `pg` reads int8 as text, since it can be past 2^53. */
type Int8 = ColumnType<string, number | string, number | string>;

export interface ActivityTables {
  program_trends: {
    program_id: string;
    category: string;
    language: string;
    content_type: string;
    /** When the view happened that the attributes are of. */
    attributes_at: Date;
    /** Forward-decayed logarithms, one for each window; see the domain's trend score. */
    score_1h: number;
    score_24h: number;
    score_7d: number;
    total: Int8;
    confirmed_total: Int8;
    unconfirmed_since: Date;
  };
  seen_events: {
    event_id: string;
    seen_at: Date;
  };
  recent_views: {
    user_id: string;
    program_id: string;
    viewed_at: Date;
    position_seconds: number | null;
  };
  /** One row: the name under which this database's totals are known elsewhere. */
  activity_source: {
    only_row: GeneratedAlways<boolean>;
    source: string;
  };
}

export const activity: Migration = {
  async up(db: Kysely<unknown>) {
    await createTrends(db);
    await createSeenEvents(db);
    await createRecentViews(db);
    await createSource(db);
  },
};

async function createTrends(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table program_trends (
      program_id text collate "C" primary key,
      category text collate "C" not null,
      language text collate "C" not null,
      content_type text collate "C" not null,
      attributes_at timestamptz not null,
      score_1h double precision not null,
      score_24h double precision not null,
      score_7d double precision not null,
      total bigint not null,
      confirmed_total bigint not null check (confirmed_total <= total),
      unconfirmed_since timestamptz not null
    )`.execute(db);
  for (const window of ['1h', '24h', '7d']) {
    const name = sql.ref(`program_trends_${window}`);
    await sql`create index ${name} on program_trends (${sql.ref(`score_${window}`)} desc, program_id)`.execute(
      db,
    );
  }
  // Holds only what waits to be carried into the catalogue, so it is small however many programs there are.
  await sql`
    create index program_trends_unconfirmed on program_trends (unconfirmed_since, program_id)
    where total > confirmed_total`.execute(db);
}

async function createSeenEvents(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table seen_events (
      event_id text collate "C" primary key,
      seen_at timestamptz not null
    )`.execute(db);
  await sql`create index seen_events_seen_at on seen_events (seen_at)`.execute(db);
}

async function createRecentViews(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table recent_views (
      user_id text collate "C" not null,
      program_id text collate "C" not null,
      viewed_at timestamptz not null,
      position_seconds double precision,
      primary key (user_id, program_id)
    )`.execute(db);
  await sql`create index recent_views_newest on recent_views (user_id, viewed_at desc, program_id)`.execute(
    db,
  );
}

// Totals are cumulative, so a database that starts again from nothing must not be taken for the one before: each is named
// at random when it is made.
async function createSource(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table activity_source (
      only_row boolean primary key generated always as (true) stored,
      source text not null
    )`.execute(db);
  await sql`insert into activity_source (source) values ('postgres:' || gen_random_uuid())`.execute(db);
}
