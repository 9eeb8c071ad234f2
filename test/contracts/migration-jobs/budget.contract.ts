import { expect, test } from 'vitest';
import { BUCKET_SECONDS } from '../../../src/ports/migration-jobs.ts';
import { aCall } from '../../support/call.ts';
import type { MigrationJobsSubject } from './fixture.ts';
import { started } from './fixture.ts';

/** The rate of a job, over all its workers. */
export function budgetContract(subject: MigrationJobsSubject): void {
  test('without a rate everything is there, whole units only', async () => {
    const { jobs } = await subject();
    const { jobId } = await started(jobs);
    expect(await jobs.takeBudget(jobId, 1_000_000, aCall())).toBe(1_000_000);
    expect(await jobs.takeBudget(jobId, 2.9, aCall())).toBe(2);
    expect(await jobs.takeBudget(jobId, 0, aCall())).toBe(0);
    expect(await jobs.takeBudget(jobId, -3, aCall())).toBe(0);
  });

  test('a full bucket is there at once, and is given in parts', async () => {
    const { jobs } = await subject();
    const { jobId } = await started(jobs, { settings: { ratePerSecond: 20, concurrency: 8 } });
    expect(await jobs.takeBudget(jobId, 4, aCall())).toBe(4);
    const rest = await jobs.takeBudget(jobId, 1_000, aCall());
    expect(rest).toBeGreaterThanOrEqual(6);
    expect(rest).toBeLessThanOrEqual(10);
    expect(await jobs.takeBudget(jobId, -1_000, aCall())).toBe(0);
  });

  test('a rate of one unit a second gives whole units', async () => {
    const { jobs, passTime } = await subject();
    const { jobId } = await started(jobs, { settings: { ratePerSecond: 1, concurrency: 8 } });
    expect(await jobs.takeBudget(jobId, 5, aCall())).toBe(1);
    for (let times = 0; times < 3; times += 1) {
      await passTime(1_200);
      expect(await jobs.takeBudget(jobId, 5, aCall())).toBe(1);
    }
  });

  test('forty takers on two instances get no more than a bucket and the rate, and nearly the rate', async () => {
    const { jobs, other, passTime } = await subject();
    const rate = 1_000;
    const { jobId } = await started(jobs, { settings: { ratePerSecond: rate, concurrency: 8 } });
    const begun = performance.now();
    let passed = 0;
    let taken = 0;
    for (let rounds = 0; rounds < 20; rounds += 1) {
      const takers = Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? jobs : other).takeBudget(jobId, 25, aCall()),
      );
      taken += (await Promise.all(takers)).reduce((sum, each) => sum + each, 0);
      await passTime(400);
      passed += 0.4;
    }
    // A server's clock goes on by itself.
    const elapsed = passed + (performance.now() - begun) / 1_000;
    expect(taken).toBeLessThanOrEqual(rate * (BUCKET_SECONDS + elapsed));
    expect(taken).toBeGreaterThanOrEqual(rate * 0.9 * passed);
  });

  test('time that nobody uses fills the bucket, no further', async () => {
    const { jobs, passTime } = await subject();
    const { jobId } = await started(jobs, { settings: { ratePerSecond: 100, concurrency: 8 } });
    await jobs.takeBudget(jobId, 1_000, aCall());
    await passTime(3_600_000);
    expect(await jobs.takeBudget(jobId, 1_000, aCall())).toBe(50);
  });

  test('a change of the rate takes effect at once', async () => {
    const { jobs, passTime } = await subject();
    const { jobId } = await started(jobs, { settings: { ratePerSecond: 10_000, concurrency: 8 } });
    expect(await jobs.takeBudget(jobId, 1, aCall())).toBe(1);
    await jobs.changeSettings(jobId, { ratePerSecond: 10 }, aCall());
    expect(await jobs.takeBudget(jobId, 1_000, aCall())).toBe(5);
    await jobs.changeSettings(jobId, { ratePerSecond: null }, aCall());
    expect(await jobs.takeBudget(jobId, 1_000, aCall())).toBe(1_000);
    await jobs.changeSettings(jobId, { ratePerSecond: 100 }, aCall());
    await passTime(60_000);
    expect(await jobs.takeBudget(jobId, 1_000, aCall())).toBe(50);
  });

  test('a job that does not run has none, and each job has its own', async () => {
    const { jobs } = await subject();
    const settings = { ratePerSecond: 2, concurrency: 8 };
    const { jobId } = await started(jobs, { settings });
    const stranger = await started(jobs, { settings, kind: 'verify' });
    expect(await jobs.takeBudget(jobId, 1, aCall())).toBe(1);
    expect(await jobs.takeBudget(stranger.jobId, 1, aCall())).toBe(1);
    const free = await started(jobs, { dataSet: 'search' });
    for (const change of ['pause', 'cancel'] as const) {
      await jobs.changeState(free.jobId, change, null, aCall());
      expect(await jobs.takeBudget(free.jobId, 1, aCall())).toBe(0);
    }
  });
}
