import { expect, test } from 'vitest';
import type { JobPart } from '../../../src/ports/migration-jobs.ts';
import { aCall } from '../../support/call.ts';
import type { MigrationJobsSubject } from './fixture.ts';
import { claimed, LEASE_MS, someParts, started, stored } from './fixture.ts';

const HOSTILE = ['\0', '\u0001', '\u00010000', '\ud800', '\udfff\ud800', '', 'ü"\\%', '😀\u009f', "'; --"];

/** Parts are worked on by one at a time, whoever dies. */
export function claimsContract(subject: MigrationJobsSubject): void {
  test('each part is claimed once, with what belongs to it', async () => {
    const { jobs } = await subject();
    const parts: readonly JobPart[] = [
      { side: 'truth', range: {} },
      { side: 'truth', range: { after: 'a', upTo: 'b' } },
      { side: 'copy', range: { after: 'c' } },
    ];
    const job = await started(jobs, { parts });
    const claims = [await claimed(jobs, job), await claimed(jobs, job), await claimed(jobs, job)];
    expect(claims.map(({ part }) => part)).toEqual(parts);
    for (const { jobId, cursor } of claims) expect({ jobId, cursor }).toEqual({ jobId: job.jobId });
    expect(new Set(claims.map(({ partId }) => partId)).size).toBe(3);
    expect(new Set(claims.map(({ claim }) => claim)).size).toBe(3);
    expect(await jobs.claimPart(job.jobId, LEASE_MS, aCall())).toBeUndefined();
  });

  test('keys and cursors may be any text', async () => {
    const { jobs } = await subject();
    const parts = HOSTILE.map((text): JobPart => ({ side: 'truth', range: { after: text, upTo: text } }));
    const job = await started(jobs, { parts });
    for (const text of HOSTILE) {
      const claim = await claimed(jobs, job);
      expect(claim.part.range).toEqual({ after: text, upTo: text });
      await jobs.advancePart(
        claim,
        { cursor: text, done: 0, counts: {}, finished: false },
        LEASE_MS,
        aCall(),
      );
      await jobs.releasePart(claim, aCall());
    }
    for (const text of HOSTILE) expect((await claimed(jobs, job)).cursor).toBe(text);
  });

  test('of 200 claimers of 50 parts, on two instances, 50 get one each', async () => {
    const { jobs, other } = await subject();
    const { jobId } = await started(jobs, { parts: someParts(50) });
    const claims = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? jobs : other).claimPart(jobId, LEASE_MS, aCall()),
      ),
    );
    const got = claims.filter((claim) => claim !== undefined);
    expect(got).toHaveLength(50);
    expect(new Set(got.map(({ partId }) => partId)).size).toBe(50);
  });

  test('nothing is claimed of a job that does not run', async () => {
    const { jobs } = await subject();
    const { jobId } = await started(jobs);
    await jobs.changeState(jobId, 'pause', null, aCall());
    expect(await jobs.claimPart(jobId, LEASE_MS, aCall())).toBeUndefined();
    await jobs.changeState(jobId, 'resume', null, aCall());
    expect(await jobs.claimPart(jobId, LEASE_MS, aCall())).toBeDefined();
    await jobs.changeState(jobId, 'cancel', null, aCall());
    expect(await jobs.claimPart(jobId, LEASE_MS, aCall())).toBeUndefined();
  });

  test('a part whose lease ended is taken over where it was, and its old holder adds nothing', async () => {
    const { jobs, other, passTime } = await subject();
    const job = await started(jobs, { parts: someParts(1) });
    const old = await claimed(jobs, job, 10_000);
    const step = { cursor: 'k5', done: 5, counts: { copied: 5 }, finished: false };
    expect(await jobs.advancePart(old, step, 10_000, aCall())).toBe('advanced');
    await passTime(5_000);
    expect(await other.claimPart(job.jobId, LEASE_MS, aCall())).toBeUndefined();
    await passTime(5_000);
    const taken = await claimed(other, job);
    expect(taken).toMatchObject({ partId: old.partId, part: old.part, cursor: 'k5' });
    const before = await stored(jobs, job);
    const late = { cursor: 'k9', done: 4, counts: { copied: 4, failed: 1 }, finished: true };
    expect(await jobs.advancePart(old, late, 10_000, aCall())).toBe('lost');
    await jobs.releasePart(old, aCall());
    expect(await stored(jobs, job)).toEqual(before);
    expect(await jobs.claimPart(job.jobId, LEASE_MS, aCall())).toBeUndefined();
    expect(await other.advancePart(taken, late, LEASE_MS, aCall())).toBe('advanced');
    expect(await stored(jobs, job)).toMatchObject({ done: 9, counts: { copied: 9, failed: 1 } });
  });

  test('a claim ends with its lease, also when nobody takes the part over', async () => {
    const { jobs, passTime } = await subject();
    const job = await started(jobs, { parts: someParts(1) });
    const claim = await claimed(jobs, job, 10_000);
    await passTime(10_000);
    const step = { cursor: 'k1', done: 1, counts: { copied: 1 }, finished: true };
    expect(await jobs.advancePart(claim, step, 10_000, aCall())).toBe('lost');
    expect(await stored(jobs, job)).toMatchObject({ state: 'running', done: 0, counts: {} });
    expect((await claimed(jobs, job)).cursor).toBeUndefined();
  });

  test('every step renews the lease', async () => {
    const { jobs, passTime } = await subject();
    const job = await started(jobs, { parts: someParts(1) });
    const claim = await claimed(jobs, job, 20_000);
    for (let steps = 0; steps < 3; steps += 1) {
      await passTime(15_000);
      const step = { done: 1, counts: {}, finished: false };
      expect(await jobs.advancePart(claim, step, 20_000, aCall())).toBe('advanced');
      expect(await jobs.claimPart(job.jobId, LEASE_MS, aCall())).toBeUndefined();
    }
  });

  test('a part that is given back is free at once, after those that nobody had yet', async () => {
    const { jobs, other, passTime } = await subject();
    const job = await started(jobs, { parts: someParts(3) });
    const [first, second] = [await claimed(jobs, job), await claimed(jobs, job)];
    await jobs.releasePart(second, aCall());
    await passTime(1_000);
    await jobs.releasePart(first, aCall());
    const step = { done: 1, counts: {}, finished: false };
    expect(await jobs.advancePart(second, step, LEASE_MS, aCall())).toBe('lost');
    const order = [await claimed(other, job), await claimed(other, job), await claimed(other, job)];
    expect(order.map(({ partId }) => partId)).toEqual([2, second.partId, first.partId]);
  });

  test('a claim of another name or another job is not held', async () => {
    const { jobs } = await subject();
    const job = await started(jobs);
    const stranger = await started(jobs, { dataSet: 'search' });
    const claim = await claimed(jobs, job);
    const step = { done: 1, counts: {}, finished: true };
    for (const wrong of [{ claim: 'guess' }, { partId: 1 }, { partId: 7 }, { jobId: stranger.jobId }]) {
      expect(await jobs.advancePart({ ...claim, ...wrong }, step, LEASE_MS, aCall())).toBe('lost');
      await jobs.releasePart({ ...claim, ...wrong }, aCall());
    }
    expect(await stored(jobs, stranger)).toEqual(stranger);
    expect(await jobs.advancePart(claim, step, LEASE_MS, aCall())).toBe('advanced');
  });
}
