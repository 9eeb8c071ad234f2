import type { TObject, TSchema } from 'typebox';
import { Type } from 'typebox';
import {
  CategoryCounts,
  CategoryTrends,
  ProgramView,
  RecentPage,
  RecentProgram,
  TrendingPage,
  TrendingProgram,
  View,
  ViewBatch,
  ViewBatchResult,
  ViewOutcome,
} from './discovery.ts';
import { Index, Liveness, Readiness } from './health.ts';
import {
  MigrationDifference,
  MigrationDifferences,
  MigrationHistory,
  MigrationPhase,
  MigrationStatus,
  Migrations,
  ParkedKey,
  ParkedKeys,
  PhaseChange,
} from './migration.ts';
import { JobPatch, JobSettings, MigrationJob, MigrationJobs } from './migration-jobs.ts';
import { ProgramLines } from './ndjson.ts';
import { Fault, Problem, ProblemKindSchema, ProblemKinds } from './problem.ts';
import {
  FoundPrograms,
  ImportResult,
  Program,
  ProgramIds,
  ProgramInput,
  ProgramPage,
  ProgramPatch,
} from './program.ts';
import { RateLimitBatch, RateLimitBatchStatus, RateLimitCheck, RateLimitStatus } from './rate-limits.ts';
import {
  BatchDocument,
  DocumentBatch,
  DocumentBatchResult,
  DocumentInput,
  DocumentPage,
  FoundDocument,
  SearchDocument,
  SearchPage,
  Suggestions,
} from './search.ts';

/** Every schema that has a name: the components of the OpenAPI document. */
export const SHARED_SCHEMAS: readonly TSchema[] = [
  Fault,
  Problem,
  ProblemKindSchema,
  ProblemKinds,
  Program,
  ProgramInput,
  ProgramPatch,
  ProgramPage,
  ProgramIds,
  FoundPrograms,
  ProgramLines,
  ImportResult,
  TrendingProgram,
  TrendingPage,
  CategoryTrends,
  CategoryCounts,
  View,
  ProgramView,
  ViewBatch,
  ViewOutcome,
  ViewBatchResult,
  RecentProgram,
  RecentPage,
  SearchDocument,
  DocumentInput,
  BatchDocument,
  DocumentBatch,
  DocumentBatchResult,
  DocumentPage,
  FoundDocument,
  SearchPage,
  Suggestions,
  RateLimitCheck,
  RateLimitStatus,
  RateLimitBatch,
  RateLimitBatchStatus,
  MigrationPhase,
  PhaseChange,
  MigrationJob,
  MigrationJobs,
  JobSettings,
  JobPatch,
  MigrationStatus,
  Migrations,
  MigrationHistory,
  MigrationDifference,
  MigrationDifferences,
  ParkedKey,
  ParkedKeys,
  Readiness,
  Liveness,
  Index,
];

/**
 * Bodies that are checked against less than what the document says of them, because the rest is checked elsewhere: the
 * domain names every fault of a program or document, and answers a batch item by item.
 */
export const CHECKED_AS: ReadonlyMap<string, TSchema> = new Map([
  ['ProgramLines#', Type.Unknown()],
  ['ProgramInput#', Type.Unknown()],
  ['ProgramPatch#', Type.Unknown()],
  ['DocumentInput#', Type.Unknown()],
  ['ViewBatch#', outline(ViewBatch)],
  ['DocumentBatch#', outline(DocumentBatch)],
]);

/** Bodies that may be left out. */
export const OPTIONAL_BODIES: ReadonlySet<string> = new Set(['JobSettings']);

/** A batch without the rules of its items. */
function outline(batch: TObject): TSchema {
  const properties = Object.entries(batch.properties).map(([name, schema]) => [
    name,
    Type.Unsafe<unknown>({ ...schema, items: {} }),
  ]);
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false });
}
