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
  ComparisonTables;
