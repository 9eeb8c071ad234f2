import type { ClaimedPart, Job, JobPart, MigrationJobs, NewJob } from '../../../src/ports/migration-jobs.ts';
import { aCall } from '../../support/call.ts';

export interface MigrationJobsFixture {
  /** No job was ever started in it. */
  readonly jobs: MigrationJobs;
  /** Another instance's view of the same jobs; the very same object where there is only one instance. */
  readonly other: MigrationJobs;
  /** Lets so much time pass for leases, budgets and times, without waiting. */
  readonly passTime: (milliseconds: number) => Promise<void>;
}

export type MigrationJobsSubject = () => Promise<MigrationJobsFixture>;

export const LEASE_MS = 60_000;

export function aJob(overrides: Partial<NewJob> = {}): NewJob {
  return {
    dataSet: 'programs',
    kind: 'backfill',
    settings: { ratePerSecond: null, concurrency: 8 },
    startedBy: 'ann',
    marksSince: 3,
    total: 1_000,
    parts: someParts(2),
    ...overrides,
  };
}

export function someParts(count: number): readonly JobPart[] {
  return Array.from({ length: count }, (_, index) => ({
    side: 'truth',
    range: { ...(index > 0 && { after: `k${index}` }), ...(index < count - 1 && { upTo: `k${index + 1}` }) },
  }));
}

/** Starts a job that nothing stands in the way of. */
export async function started(jobs: MigrationJobs, overrides: Partial<NewJob> = {}): Promise<Job> {
  const { outcome, job } = await jobs.create(aJob(overrides), aCall());
  if (outcome !== 'created') throw new Error('another job is unfinished');
  return job;
}

export async function claimed(
  jobs: MigrationJobs,
  { jobId }: Job,
  leaseMs: number = LEASE_MS,
): Promise<ClaimedPart> {
  const claim = await jobs.claimPart(jobId, leaseMs, aCall());
  if (claim === undefined) throw new Error('no part is free');
  return claim;
}

export async function stored(jobs: MigrationJobs, { jobId }: Job): Promise<Job> {
  const job = await jobs.get(jobId, aCall());
  if (job === undefined) throw new Error('there is no such job');
  return job;
}
