import type { Tally } from '../../ports/comparisons.ts';
import type { Job, JobCounts, JobKind, JobState } from '../../ports/migration-jobs.ts';
import type { OutboxDepth } from '../../ports/outbox.ts';
import type { Migrated, Phase, PhaseRecord } from '../../ports/phase-store.ts';
import type { DataSetStatus, NextStep } from './migration.ts';
import { comparedOf, mismatchesOf } from './tallies.ts';

/** A control record as drivers tell it. */
export interface PhaseReport {
  readonly dataSet: Migrated;
  readonly phase: Phase;
  readonly readPercent: number;
  readonly epoch: number;
  readonly changedAt: Date;
  readonly changedBy: string;
  readonly reason: string;
}

/** A job as drivers tell it. */
export interface JobReport {
  readonly jobId: string;
  readonly dataSet: Migrated;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly startedBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
  /** Most items a second; null: no bound. */
  readonly ratePerSecond: number | null;
  readonly concurrency: number;
  readonly done: number;
  /** Estimate; null: unknown. */
  readonly total: number | null;
  readonly counts: JobCounts;
  readonly parts: Job['parts'];
  /** Since it was started; null: nothing is done yet. */
  readonly itemsPerSecond: number | null;
  /** At that rate; null: not known, or it does not run. */
  readonly secondsLeft: number | null;
  readonly reason: string | null;
}

export interface StatusReport extends PhaseReport {
  readonly migratable: boolean;
  readonly outbox: OutboxDepth;
  readonly comparisons: number;
  readonly mismatches: number;
  readonly comparisonsByClass: Tally;
  readonly backfill: JobReport | null;
  readonly lastVerification: JobReport | null;
  readonly repair: JobReport | null;
  readonly next: NextStep | null;
  readonly instances: readonly {
    readonly instanceId: string;
    readonly epoch: number;
    readonly ageMs: number;
  }[];
}

export function phaseReport(dataSet: Migrated, record: PhaseRecord): PhaseReport {
  const { phase, readPercent, epoch, changedAt, changedBy, reason } = record;
  return { dataSet, phase, readPercent, epoch, changedAt, changedBy, reason };
}

export function jobReport(job: Job): JobReport {
  const { jobId, dataSet, kind, state, startedBy, createdAt, updatedAt, finishedAt, settings } = job;
  const { done, total, counts, parts, reason } = job;
  return {
    ...{ jobId, dataSet, kind, state, startedBy, createdAt, updatedAt, finishedAt },
    ...settings,
    ...{ done, total, counts, parts },
    ...paceOf(job),
    reason,
  };
}

export function statusReport(status: DataSetStatus): StatusReport {
  const { dataSet, migratable, record, outbox, comparisons, jobs, instances, next } = status;
  return {
    ...phaseReport(dataSet, record),
    migratable,
    outbox,
    comparisons: comparedOf(comparisons),
    mismatches: mismatchesOf(comparisons),
    comparisonsByClass: comparisons,
    backfill: jobs.backfill ? jobReport(jobs.backfill) : null,
    lastVerification: jobs.verify ? jobReport(jobs.verify) : null,
    repair: jobs.repair ? jobReport(jobs.repair) : null,
    next: next ?? null,
    instances: instances.map(({ instanceId, epochs, ageMs }) => ({
      instanceId,
      epoch: epochs[dataSet],
      ageMs,
    })),
  };
}

/** Both times are the store's own: no other clock may measure between them. */
function paceOf(job: Job): Pick<JobReport, 'itemsPerSecond' | 'secondsLeft'> {
  const { done, total, state, createdAt, updatedAt, finishedAt } = job;
  const seconds = ((finishedAt ?? updatedAt).getTime() - createdAt.getTime()) / 1000;
  if (done === 0 || seconds <= 0) return { itemsPerSecond: null, secondsLeft: null };
  const itemsPerSecond = Math.round((10 * done) / seconds) / 10;
  const left = (Math.max(0, (total ?? 0) - done) * seconds) / done;
  return { itemsPerSecond, secondsLeft: state === 'running' && total !== null ? Math.ceil(left) : null };
}
