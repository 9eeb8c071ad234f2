import type { ProgramTables } from './migrations/0001-programs.ts';
import type { SearchTables } from './migrations/0002-search.ts';
import type { ActivityTables } from './migrations/0003-activity.ts';
import type { RequestTables } from './migrations/0004-requests.ts';
import type { TextTables } from './migrations/0005-texts.ts';
import type { CounterTables } from './migrations/0006-counters.ts';
import type { MigrationTables } from './migrations/0007-migration.ts';
import type { MarkTables } from './migrations/0008-marks.ts';
import type { InstanceTables } from './migrations/0009-instances.ts';
import type { JobTables } from './migrations/0010-jobs.ts';
import type { ComparisonTables } from './migrations/0011-comparisons.ts';
import type { PermitTables } from './migrations/0012-permits.ts';

/** All tables as Kysely sees them; each migration declares its own beside the statements that make them. */
export type Database = ProgramTables &
  SearchTables &
  ActivityTables &
  RequestTables &
  TextTables &
  CounterTables &
  MigrationTables &
  MarkTables &
  InstanceTables &
  JobTables &
  ComparisonTables &
  PermitTables;

/** The names of all tables, for what has to be said of each. */
export const TABLE_NAMES = Object.keys({
  activity_source: true,
  counted_views: true,
  counter_leases: true,
  counter_permits: true,
  counters: true,
  idempotency_keys: true,
  leases: true,
  migration_comparisons: true,
  migration_differences: true,
  migration_instances: true,
  migration_job_budgets: true,
  migration_job_parts: true,
  migration_jobs: true,
  migration_phases: true,
  outbox: true,
  program_trends: true,
  programs: true,
  ranked_lists: true,
  recent_views: true,
  search_documents: true,
  search_log: true,
  search_stemmers: true,
  search_texts: true,
  search_title_words: true,
  seen_events: true,
} satisfies Record<keyof Database, true>);
