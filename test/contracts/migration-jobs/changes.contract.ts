import { expect, test } from 'vitest';
import type { Call } from '../../../src/ports/call.ts';
import type { ClaimedPart, JobChange, JobState, MigrationJobs } from '../../../src/ports/migration-jobs.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { MigrationJobsSubject } from './fixture.ts';
import { aJob, claimed, started, stored } from './fixture.ts';

/** What brings a new job to each state. */
const WAYS: Readonly<Record<JobState, readonly (JobChange | 'work')[]>> = {
  running: [],
  paused: ['pause'],
  finished: ['work'],
  failed: ['fail'],
  cancelled: ['cancel'],
};

const CHANGES: readonly (readonly [JobState, JobChange, JobState])[] = [
  ['running', 'pause', 'paused'],
  ['running', 'resume', 'running'],
  ['running', 'cancel', 'cancelled'],
  ['running', 'fail', 'failed'],
  ['paused', 'pause', 'paused'],
  ['paused', 'resume', 'running'],
  ['paused', 'cancel', 'cancelled'],
  ['paused', 'fail', 'paused'],
  ...(['finished', 'failed', 'cancelled'] as const).flatMap((state) =>
    (['pause', 'resume', 'cancel', 'fail'] as const).map((change) => [state, change, state] as const),
  ),
];

const A_STEP = { done: 1, counts: { copied: 1 }, finished: true };

type Subject = { readonly jobs: MigrationJobs; readonly claim: ClaimedPart };
const CALLS: Readonly<Record<string, (subject: Subject, call: Call) => Promise<unknown>>> = {
  create: ({ jobs }, call) => jobs.create(aJob({ kind: 'verify' }), call),
  get: ({ jobs, claim }, call) => jobs.get(claim.jobId, call),
  list: ({ jobs }, call) => jobs.list({}, 10, call),
  claimPart: ({ jobs, claim }, call) => jobs.claimPart(claim.jobId, 60_000, call),
  advancePart: ({ jobs, claim }, call) => jobs.advancePart(claim, A_STEP, 60_000, call),
  releasePart: ({ jobs, claim }, call) => jobs.releasePart(claim, call),
  changeState: ({ jobs, claim }, call) => jobs.changeState(claim.jobId, 'cancel', null, call),
  changeSettings: ({ jobs, claim }, call) => jobs.changeSettings(claim.jobId, { concurrency: 1 }, call),
  takeBudget: ({ jobs, claim }, call) => jobs.takeBudget(claim.jobId, 1, call),
};

/** Pausing, cancelling, failing; settings; calls that nobody waits for. */
export function changesContract(subject: MigrationJobsSubject): void {
  test.each(CHANGES)('a job that is %s is after %s: %s', async (from, change, to) => {
    const { jobs } = await subject();
    const job = await started(jobs, { parts: [{ side: 'truth', range: {} }] });
    const claim = await claimed(jobs, job);
    for (const step of WAYS[from]) {
      if (step === 'work') await jobs.advancePart(claim, A_STEP, 60_000, aCall());
      else await jobs.changeState(job.jobId, step, 'before', aCall());
    }
    const before = await stored(jobs, job);
    expect(before.state).toBe(from);
    const after = await jobs.changeState(job.jobId, change, 'why \0', aCall());
    expect(after).toEqual(await stored(jobs, job));
    if (from === to) {
      expect(after).toEqual(before);
      return;
    }
    const isOver = to === 'cancelled' || to === 'failed';
    expect(after).toEqual({
      ...before,
      state: to,
      reason: change === 'resume' ? null : 'why \0',
      finishedAt: isOver ? expect.any(Date) : null,
    });
  });

  test('settings change one by one, while it runs and while it is paused, and not after its end', async () => {
    const { jobs, other } = await subject();
    const { jobId } = await started(jobs, { settings: { ratePerSecond: 100, concurrency: 8 } });
    const change = async (settings: Parameters<typeof jobs.changeSettings>[1]) =>
      (await other.changeSettings(jobId, settings, aCall()))?.settings;
    expect(await change({ concurrency: 2 })).toEqual({ ratePerSecond: 100, concurrency: 2 });
    expect(await change({ ratePerSecond: null })).toEqual({ ratePerSecond: null, concurrency: 2 });
    expect(await change({})).toEqual({ ratePerSecond: null, concurrency: 2 });
    await jobs.changeState(jobId, 'pause', null, aCall());
    expect(await change({ ratePerSecond: 7.5, concurrency: 3 })).toEqual({
      ratePerSecond: 7.5,
      concurrency: 3,
    });
    await jobs.changeState(jobId, 'cancel', null, aCall());
    expect(await change({ concurrency: 9 })).toEqual({ ratePerSecond: 7.5, concurrency: 3 });
  });

  test.each(['', 'no-such-job', '\0', '01999999-9999-7999-8999-999999999999'])(
    'a job that was never started (%j) is unknown to every call',
    async (jobId) => {
      const { jobs } = await subject();
      const part = { jobId, partId: 0, part: { side: 'truth', range: {} }, cursor: undefined } as const;
      const claim: ClaimedPart = { ...part, claim: 'mine' };
      expect(await jobs.get(jobId, aCall())).toBeUndefined();
      expect(await jobs.changeState(jobId, 'cancel', null, aCall())).toBeUndefined();
      expect(await jobs.changeSettings(jobId, { concurrency: 1 }, aCall())).toBeUndefined();
      expect(await jobs.claimPart(jobId, 60_000, aCall())).toBeUndefined();
      expect(await jobs.advancePart(claim, A_STEP, 60_000, aCall())).toBe('lost');
      expect(await jobs.releasePart(claim, aCall())).toBeUndefined();
      expect(await jobs.takeBudget(jobId, 10, aCall())).toBe(0);
    },
  );

  test.each(Object.keys(CALLS))('%s that nobody waits for rejects with its reason', async (name) => {
    const { jobs } = await subject();
    const job = await started(jobs);
    const claim = await claimed(jobs, job);
    const gone = anAbortedCall();
    await expect(CALLS[name]?.({ jobs, claim }, gone)).rejects.toBe(gone.reason);
    expect(await jobs.list({}, 10, aCall())).toEqual([job]);
    expect(await jobs.advancePart(claim, A_STEP, 60_000, aCall())).toBe('advanced');
  });
}
