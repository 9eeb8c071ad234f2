import { expect, test } from 'vitest';
import type { Job, MigrationJobs } from '../../../src/ports/migration-jobs.ts';
import { aCall } from '../../support/call.ts';
import type { MigrationJobsSubject } from './fixture.ts';
import { claimed, LEASE_MS, someParts, started, stored } from './fixture.ts';

/** Takes parts and does `steps` steps of each until there is none; the steps that were counted. */
async function work(jobs: MigrationJobs, job: Job, steps: number): Promise<number> {
  let counted = 0;
  for (;;) {
    const claim = await jobs.claimPart(job.jobId, LEASE_MS, aCall());
    if (claim === undefined) return counted;
    for (let step = 1; step <= steps; step += 1) {
      const counts = { copied: 2, [`of part ${claim.partId}`]: 1 };
      const told = { cursor: `${step}`, done: 3, counts, finished: step === steps };
      if ((await jobs.advancePart(claim, told, LEASE_MS, aCall())) === 'lost') break;
      counted += 1;
    }
  }
}

/** What was confirmed is counted once, and ends the job. */
export function progressContract(subject: MigrationJobsSubject): void {
  test('a step moves the cursor, adds up, and is a sign of life', async () => {
    const { jobs, passTime } = await subject();
    const job = await started(jobs);
    await passTime(30_000);
    const claim = await claimed(jobs, job);
    const steps = [
      { cursor: 'a', done: 2, counts: { copied: 2 }, finished: false },
      { cursor: 'b', done: 3, counts: { copied: 1, failed: 2 }, finished: false },
      { done: 0, counts: {}, finished: false },
    ];
    for (const step of steps) await jobs.advancePart(claim, step, LEASE_MS, aCall());
    const after = await stored(jobs, job);
    expect(after).toMatchObject({ state: 'running', done: 5, parts: { total: 2, done: 0 } });
    expect(after.counts).toEqual({ copied: 3, failed: 2 });
    expect(after.updatedAt.valueOf() - after.createdAt.valueOf()).toBeGreaterThanOrEqual(30_000);
    await jobs.releasePart(claim, aCall());
    const others = [await claimed(jobs, job), await claimed(jobs, job)];
    expect(others.map(({ cursor }) => cursor)).toEqual([undefined, 'b']);
  });

  test('a finished part is over, and the last one ends the job', async () => {
    const { jobs } = await subject();
    const job = await started(jobs);
    const [first, second] = [await claimed(jobs, job), await claimed(jobs, job)];
    const last = { done: 1, counts: { copied: 1 }, finished: true };
    expect(await jobs.advancePart(second, last, LEASE_MS, aCall())).toBe('advanced');
    expect(await stored(jobs, job)).toMatchObject({ state: 'running', parts: { done: 1 }, finishedAt: null });
    expect(await jobs.advancePart(second, last, LEASE_MS, aCall())).toBe('lost');
    await jobs.releasePart(second, aCall());
    expect(await jobs.claimPart(job.jobId, LEASE_MS, aCall())).toBeUndefined();
    expect(await jobs.advancePart(first, last, LEASE_MS, aCall())).toBe('advanced');
    const after = await stored(jobs, job);
    expect(after).toMatchObject({ state: 'finished', done: 2, counts: { copied: 2 }, parts: { done: 2 } });
    expect(after.finishedAt).toEqual(after.updatedAt);
  });

  test('a part that nobody finished is free again when its lease ends, a finished one never', async () => {
    const { jobs, passTime } = await subject();
    const job = await started(jobs);
    const [done, left] = [await claimed(jobs, job), await claimed(jobs, job)];
    await jobs.advancePart(done, { done: 1, counts: {}, finished: true }, LEASE_MS, aCall());
    await passTime(2 * LEASE_MS);
    expect((await claimed(jobs, job)).partId).toBe(left.partId);
    expect(await jobs.claimPart(job.jobId, LEASE_MS, aCall())).toBeUndefined();
  });

  test('twelve workers on two instances count every step, and one of them ends the job', async () => {
    const { jobs, other } = await subject();
    const job = await started(jobs, { parts: someParts(20) });
    await Promise.all(Array.from({ length: 12 }, (_, index) => work(index % 2 ? jobs : other, job, 5)));
    const after = await stored(jobs, job);
    expect(after).toMatchObject({ state: 'finished', done: 300, parts: { total: 20, done: 20 } });
    const perPart = Array.from({ length: 20 }, (_, partId) => [`of part ${partId}`, 5]);
    expect(after.counts).toEqual({ copied: 200, ...Object.fromEntries(perPart) });
  });

  test.each(['cancel', 'fail', 'pause'] as const)('a step after %s is lost', async (change) => {
    const { jobs, other } = await subject();
    const job = await started(jobs);
    const claim = await claimed(jobs, job);
    const before = await other.changeState(job.jobId, change, 'stop', aCall());
    const step = { cursor: 'z', done: 1, counts: { copied: 1 }, finished: true };
    expect(await jobs.advancePart(claim, step, LEASE_MS, aCall())).toBe('lost');
    expect(await stored(jobs, job)).toEqual(before);
  });

  test('a job that is resumed within the lease goes on with the same claims', async () => {
    const { jobs } = await subject();
    const job = await started(jobs);
    const claim = await claimed(jobs, job);
    await jobs.changeState(job.jobId, 'pause', 'too slow', aCall());
    await jobs.changeState(job.jobId, 'resume', null, aCall());
    const step = { done: 1, counts: {}, finished: false };
    expect(await jobs.advancePart(claim, step, LEASE_MS, aCall())).toBe('advanced');
  });

  test('of steps that race with a cancel exactly those are counted that were answered so', async () => {
    const { jobs, other } = await subject();
    const job = await started(jobs, { parts: someParts(30) });
    const workers = Array.from({ length: 10 }, (_, index) => work(index % 2 ? jobs : other, job, 10));
    await jobs.get(job.jobId, aCall());
    const cancelled = await other.changeState(job.jobId, 'cancel', null, aCall());
    const counted = (await Promise.all(workers)).reduce((sum, each) => sum + each, 0);
    const after = await stored(jobs, job);
    expect(after).toEqual(cancelled);
    expect(after.done).toBe(3 * counted);
    if (counted > 0) expect(after.counts).toMatchObject({ copied: 2 * counted });
  });
}
