import { expect, test } from 'vitest';
import type { JobKind } from '../../../src/ports/migration-jobs.ts';
import { JOB_KINDS } from '../../../src/ports/migration-jobs.ts';
import { MIGRATED } from '../../../src/ports/phase-store.ts';
import { aCall } from '../../support/call.ts';
import type { MigrationJobsSubject } from './fixture.ts';
import { aJob, claimed, started, stored } from './fixture.ts';

/** Jobs are started once, and listed. */
export function startsContract(subject: MigrationJobsSubject): void {
  test('a job that was started is what every instance reads, with all its fields', async () => {
    const { jobs, other } = await subject();
    const { parts, ...given } = aJob({ startedBy: 'ü "quoted" \\ %\0\u0001\ud800', total: null });
    const { outcome, job } = await jobs.create({ ...given, parts }, aCall());
    expect(outcome).toBe('created');
    expect(job).toEqual({
      ...given,
      jobId: job.jobId,
      state: 'running',
      createdAt: expect.any(Date),
      updatedAt: job.createdAt,
      finishedAt: null,
      done: 0,
      counts: {},
      parts: { total: 2, done: 0 },
      reason: null,
    });
    expect(await other.get(job.jobId, aCall())).toEqual(job);
  });

  test('of 100 callers on two instances one starts the job, and the others are answered that one', async () => {
    const { jobs, other } = await subject();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? jobs : other).create(aJob({ startedBy: `${index}` }), aCall()),
      ),
    );
    const created = answers.filter(({ outcome }) => outcome === 'created');
    expect(created).toHaveLength(1);
    for (const { job } of answers) expect(job).toEqual(created[0]?.job);
    expect(await jobs.list({}, 100, aCall())).toHaveLength(1);
  });

  test('each kind of each data set has its own unfinished job', async () => {
    const { jobs } = await subject();
    const all = MIGRATED.flatMap((dataSet) => JOB_KINDS.map((kind) => ({ dataSet, kind })));
    for (const each of all) {
      expect(await jobs.create(aJob(each), aCall())).toMatchObject({ outcome: 'created', job: each });
    }
    for (const each of all) {
      expect(await jobs.create(aJob(each), aCall())).toMatchObject({ outcome: 'exists', job: each });
    }
  });

  test('a paused job stands in the way of another, one that ended does not', async () => {
    const { jobs } = await subject();
    const first = await started(jobs);
    await jobs.changeState(first.jobId, 'pause', null, aCall());
    expect(await jobs.create(aJob(), aCall())).toMatchObject({
      outcome: 'exists',
      job: { jobId: first.jobId, state: 'paused' },
    });
    await jobs.changeState(first.jobId, 'cancel', null, aCall());
    const second = await started(jobs, { parts: [{ side: 'copy', range: {} }] });
    const claim = await claimed(jobs, second);
    await jobs.advancePart(claim, { done: 1, counts: {}, finished: true }, 60_000, aCall());
    const third = await started(jobs);
    expect(new Set([first.jobId, second.jobId, third.jobId]).size).toBe(3);
  });

  test('a job without parts is finished at once, and does not get past one that is unfinished', async () => {
    const { jobs } = await subject();
    const empty = await started(jobs, { parts: [] });
    expect(empty).toMatchObject({
      state: 'finished',
      finishedAt: empty.createdAt,
      parts: { total: 0, done: 0 },
    });
    const { jobId } = await started(jobs);
    expect(await jobs.create(aJob({ parts: [] }), aCall())).toMatchObject({
      outcome: 'exists',
      job: { jobId },
    });
  });

  test('the list has the newest first, up to the limit, of those asked for', async () => {
    const { jobs } = await subject();
    const ids: string[] = [];
    const begin = async (dataSet: 'programs' | 'search', kind: JobKind) => {
      const { jobId } = await started(jobs, { dataSet, kind });
      await jobs.changeState(jobId, 'cancel', null, aCall());
      ids.push(jobId);
    };
    for (const kind of ['backfill', 'verify', 'backfill', 'repair'] as const) await begin('programs', kind);
    await begin('search', 'verify');
    const last = await started(jobs);
    const listed = async (...[filter, limit]: [Parameters<typeof jobs.list>[0], number]) =>
      (await jobs.list(filter, limit, aCall())).map(({ jobId }) => ids.indexOf(jobId));
    expect(await listed({}, 10)).toEqual([-1, 4, 3, 2, 1, 0]);
    expect(await listed({}, 2)).toEqual([-1, 4]);
    expect(await listed({ dataSet: 'search' }, 10)).toEqual([4]);
    expect(await listed({ kind: 'verify' }, 10)).toEqual([4, 1]);
    expect(await listed({ dataSet: 'programs', kind: 'backfill', state: 'cancelled' }, 10)).toEqual([2, 0]);
    expect(await jobs.list({ state: 'running' }, 10, aCall())).toEqual([last]);
    expect(await listed({ state: 'failed' }, 10)).toEqual([]);
  });

  test('what was given and answered can be changed without the job', async () => {
    const { jobs } = await subject();
    const given = aJob();
    const { job } = await jobs.create(given, aCall());
    Object.assign(given.settings, { concurrency: 99 });
    Object.assign(job.settings, { concurrency: 98 });
    job.createdAt.setTime(0);
    const kept = await stored(jobs, job);
    expect(kept.settings.concurrency).toBe(8);
    expect(kept.createdAt.valueOf()).toBeGreaterThan(0);
  });
}
