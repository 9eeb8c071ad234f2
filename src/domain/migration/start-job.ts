import type { Call } from '../../ports/call.ts';
import type { Job, JobKind, JobPart, JobSettings } from '../../ports/migration-jobs.ts';
import type { Migrated } from '../../ports/phase-store.ts';
import { DomainError } from '../errors.ts';
import { oneStore } from './gates.ts';
import type { JobRequest } from './migration.ts';
import type { MigrationDeps } from './migration-deps.ts';

/** Parts of a job: what is the most that workers can share, and the least that one that dies leaves to be found. */
const PARTS = 16;
const DEFAULTS: JobSettings = { ratePerSecond: null, concurrency: 32 };

export async function startJob(
  deps: MigrationDeps,
  dataSet: Migrated,
  { kind, settings, startedBy }: JobRequest,
  call: Call,
): Promise<{ readonly job: Job; readonly created: boolean }> {
  const set = deps.sets[dataSet];
  const { phase, marksSince } = await deps.phases.read(dataSet, call);
  if (!set.migratable) throw notPossible(oneStore(dataSet));
  if (phase === 'off') {
    throw notPossible(
      `${dataSet} is in the phase off, in which writes leave no marks: go to dual-write first`,
    );
  }
  const [bounds, total] = await Promise.all([set.splitTruth(PARTS, call), set.estimate(call)]);
  const { outcome, job } = await deps.jobs.create(
    {
      dataSet,
      kind,
      settings: { ...DEFAULTS, ...settings },
      startedBy,
      marksSince,
      total,
      parts: partsOf(kind, bounds),
    },
    call,
  );
  deps.onJob();
  return { job, created: outcome === 'created' };
}

/** Ranges of the truth; what looks for copies that should not be there scans the copy as well. */
function partsOf(kind: JobKind, bounds: readonly string[]): readonly JobPart[] {
  const truth = [...bounds, undefined].map((upTo, index): JobPart => {
    const after = bounds[index - 1];
    return {
      side: 'truth',
      range: { ...(after !== undefined && { after }), ...(upTo !== undefined && { upTo }) },
    };
  });
  return kind === 'backfill' ? truth : [...truth, { side: 'copy', range: {} }];
}

function notPossible(detail: string): DomainError {
  return new DomainError('job-not-possible', detail);
}
