import type { Selectable } from 'kysely';
import type { Job, JobKind, JobState } from '../../../ports/migration-jobs.ts';
import type { Migrated } from '../../../ports/phase-store.ts';
import { fromStorableText } from '../any-text.ts';
import type { JobTables } from '../migrations/0010-jobs.ts';

export type JobRow = Selectable<JobTables['migration_jobs']>;

export function toJob(row: JobRow): Job {
  return {
    jobId: row.job_id,
    dataSet: row.data_set as Migrated,
    kind: row.kind as JobKind,
    state: row.state as JobState,
    settings: { ratePerSecond: row.rate_per_second, concurrency: row.concurrency },
    startedBy: fromStorableText(row.started_by),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
    marksSince: Number(row.marks_since),
    total: row.total === null ? null : Number(row.total),
    done: Number(row.done),
    counts: row.counts,
    parts: { total: row.parts_total, done: row.parts_done },
    reason: row.reason === null ? null : fromStorableText(row.reason),
  };
}
