import { DomainError } from '../errors.ts';
import { changePhase } from './change-phase.ts';
import type { Migration } from './migration.ts';
import type { MigrationDeps } from './migration-deps.ts';
import { DATA_SETS } from './phase-order.ts';
import { startJob } from './start-job.ts';
import { statusOf } from './status.ts';

export function createMigration(deps: MigrationDeps): Migration {
  const { phases, jobs, comparisons, outbox } = deps;
  return {
    status: (call) => Promise.all(DATA_SETS.map((dataSet) => statusOf(deps, dataSet, call))),
    statusOf: (dataSet, call) => statusOf(deps, dataSet, call),
    changePhase: (dataSet, request, call) => changePhase(deps, dataSet, request, call),
    history: (dataSet, limit, call) => phases.history(dataSet, limit, call),
    startJob: (dataSet, request, call) => startJob(deps, dataSet, request, call),
    jobs: (filter, limit, call) => jobs.list(filter, limit, call),
    job: async (jobId, call) => found(jobId, await jobs.get(jobId, call)),
    async changeJob(jobId, change, reason, call) {
      const job = found(jobId, await jobs.changeState(jobId, change, reason, call));
      deps.onJob();
      return job;
    },
    changeJobSettings: async (jobId, settings, call) =>
      found(jobId, await jobs.changeSettings(jobId, settings, call)),
    differences: (dataSet, filter, limit, call) => comparisons.differences(dataSet, filter, limit, call),
    parked: (dataSet, limit, call) => outbox.parked(dataSet, limit, call),
  };
}

function found<Found>(jobId: string, job: Found | undefined): Found {
  if (job !== undefined) return job;
  throw new DomainError('job-not-found', `there is no job with the id ${jobId}`);
}
