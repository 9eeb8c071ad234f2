import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Phase } from '../../src/ports/phase-store.ts';
import { aCall } from '../support/call.ts';
import type { Reply, TestServer } from '../support/http.ts';
import { aProgramInput, aServer, codeOf } from '../support/http.ts';

let http: TestServer;
beforeEach(async () => {
  http = await aServer({
    cacheBytes: 0,
    env: { MIGRATION_SOAK_SECONDS: '0', MIGRATION_MIN_COMPARISONS: '0' },
  });
  await http.cradle.phaseWatch.start();
});
afterEach(() => http.dispose());

const json = { 'content-type': 'application/json' };

interface Step {
  readonly phase: Phase;
  readonly readPercent?: number;
  readonly force?: boolean;
  readonly reason?: string;
}

const take = (payload: Step, ifMatch?: string, dataSet = 'programs') =>
  http.ask({
    method: 'PUT',
    url: `/v1/migration/${dataSet}/phase`,
    headers: { ...json, ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
    payload,
  });

const start = (kind: string, payload?: object) =>
  http.ask({
    method: 'POST',
    url: `/v1/migration/programs/${kind}`,
    ...(payload && { headers: json, payload }),
  });

const patch = (jobId: string, payload: object) =>
  http.ask({ method: 'PATCH', url: `/v1/migration/jobs/${jobId}`, headers: json, payload });

async function runJob(kind: string): Promise<Reply> {
  http.cradle.jobWork.start();
  const { json: job } = await start(kind);
  return await vi.waitFor(async () => {
    const reply = await http.ask(`/v1/migration/jobs/${String(job.jobId)}`);
    expect(reply.json.state).toBe('finished');
    return reply;
  }, 10_000);
}

async function put(programId: string): Promise<void> {
  const payload = aProgramInput(undefined);
  await http.ask({ method: 'PUT', url: `/v1/programs/${programId}`, headers: json, payload });
}

describe('the status of the migrations', () => {
  it('says of each data set where it is and what is next', async () => {
    const { status, headers, json: body } = await http.ask<{ items: object[] }>('/v1/migration');
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body.items).toMatchObject([
      {
        ...{ dataSet: 'programs', phase: 'off', readPercent: 0, epoch: 0, migratable: true },
        outbox: { pending: 0, parked: 0, oldestAgeMs: 0 },
        ...{ comparisons: 0, mismatches: 0, backfill: null, lastVerification: null },
        next: { phase: 'dual-write', readPercent: 0, blockers: [] },
        instances: [{ epoch: 0 }],
      },
      {
        ...{ dataSet: 'search', migratable: false },
        next: { blockers: [expect.stringContaining('truth and copy of search are one store')] },
      },
    ]);
  });

  it('of one data set has a tag made of the epoch', async () => {
    const before = await http.ask('/v1/migration/programs');
    expect([before.headers.etag, before.json.dataSet]).toEqual(['"e0"', 'programs']);
    await take({ phase: 'dual-write' });
    expect((await http.ask('/v1/migration/programs')).headers.etag).toBe('"e1"');
    expect(codeOf(await http.ask('/v1/migration/films'))).toBe('validation-failed');
  });
});

describe('a step', () => {
  it('is taken at the epoch that the caller saw, with who and why in the history', async () => {
    const taken = await take({ phase: 'dual-write', reason: 'a quiet evening' }, '"e0"');
    expect([taken.status, taken.headers.etag]).toEqual([200, '"e1"']);
    const reason = `a quiet evening (request ${String(taken.headers['x-request-id'])})`;
    expect(taken.json).toMatchObject({ phase: 'dual-write', epoch: 1, changedBy: 'api', reason });
    const history = await http.ask('/v1/migration/programs/history');
    expect(history.json).toEqual({ items: [taken.json] });
  });

  it.each(['"e7"', '"e1", "e7"', '"v0"', 'W/"e0"'])('is refused with the stale tag %s', async (tag) => {
    const refused = await take({ phase: 'dual-write' }, tag);
    expect([refused.status, codeOf(refused)]).toEqual([412, 'version-conflict']);
    expect((await http.ask('/v1/migration/programs')).json.epoch).toBe(0);
  });

  it.each(['*', '"e9", "e0"'])('is taken with the tag %s', async (tag) => {
    expect((await take({ phase: 'dual-write' }, tag)).status).toBe(200);
  });

  it('that is not earned is refused with all that stands in the way, and can be forced', async () => {
    await take({ phase: 'dual-write' });
    const refused = await take({ phase: 'read-fallback' });
    expect([refused.status, codeOf(refused)]).toEqual([409, 'phase-not-reachable']);
    expect(refused.json.blockers).toEqual([
      expect.stringContaining('run a backfill'),
      expect.stringContaining('run a verification'),
    ]);
    const forced = await take({ phase: 'read-fallback', force: true, reason: 'a drill' });
    expect(forced.json).toMatchObject({ epoch: 2, reason: expect.stringMatching(/^forced: a drill/) });
  });

  it('to what is in force already changes nothing', async () => {
    await take({ phase: 'dual-write' });
    expect((await take({ phase: 'dual-write' })).json.epoch).toBe(1);
  });

  it('of a data set without a copy is refused', async () => {
    const refused = await take({ phase: 'dual-write' }, undefined, 'search');
    expect(refused.json).toMatchObject({ code: 'phase-not-reachable', blockers: [expect.any(String)] });
  });

  it('is described by its schema', async () => {
    for (const payload of [{}, { phase: 'on' }, { phase: 'off', readPercent: 101 }, { phase: 'off', to: 1 }])
      expect(codeOf(await take(payload as Step))).toBe('validation-failed');
  });
});

describe('jobs', () => {
  it('need writes that leave marks', async () => {
    const refused = await start('backfill');
    expect([refused.status, codeOf(refused)]).toEqual([409, 'job-not-possible']);
  });

  it('are started once, told with their pace, and earn the way to the copies', async () => {
    await put('casablanca');
    await take({ phase: 'dual-write' });
    const first = await start('backfill', { ratePerSecond: 100, concurrency: 2 });
    expect([first.status, first.headers.location]).toEqual([
      202,
      `/v1/migration/jobs/${String(first.json.jobId)}`,
    ]);
    expect(first.json).toMatchObject({ state: 'running', ratePerSecond: 100, concurrency: 2, done: 0 });
    const second = await start('backfill');
    expect([second.status, second.json.jobId]).toEqual([200, first.json.jobId]);

    const backfill = await runJob('backfill');
    expect(backfill.json).toMatchObject({ done: 1, total: 1, counts: { applied: 1 }, secondsLeft: null });
    await runJob('verify');
    const { json: body } = await http.ask('/v1/migration/programs');
    expect(body).toMatchObject({
      backfill: { jobId: first.json.jobId, state: 'finished' },
      lastVerification: { counts: { match: 1 } },
      next: { phase: 'read-fallback', blockers: [] },
    });
    expect((await take({ phase: 'read-fallback', readPercent: 100 })).status).toBe(200);
    expect((await take({ phase: 'primary' })).json).toMatchObject({ phase: 'primary', readPercent: 100 });
  });

  it('are listed, paused, throttled, resumed and cancelled', async () => {
    await put('casablanca');
    await take({ phase: 'dual-write' });
    const jobId = String((await start('repair')).json.jobId);
    expect((await http.ask('/v1/migration/jobs?kind=repair&state=running')).json).toMatchObject({
      items: [{ jobId }],
    });
    expect((await http.ask('/v1/migration/jobs?kind=verify')).json).toEqual({ items: [] });
    const paused = await patch(jobId, { state: 'paused', ratePerSecond: 5 });
    expect(paused.json).toMatchObject({ state: 'paused', ratePerSecond: 5, secondsLeft: null });
    expect((await patch(jobId, { state: 'running', ratePerSecond: null })).json).toMatchObject({
      ...{ state: 'running', ratePerSecond: null, reason: null },
    });
    expect(codeOf(await patch(jobId, {}))).toBe('validation-failed');
    const cancel = { method: 'DELETE', url: `/v1/migration/jobs/${jobId}` } as const;
    expect((await http.ask(cancel)).status).toBe(204);
    expect((await http.ask(cancel)).status).toBe(204);
    expect((await patch(jobId, { state: 'running' })).json).toMatchObject({ state: 'cancelled' });
  });

  it('that do not exist are not found', async () => {
    const url = '/v1/migration/jobs/0199b2c4-5f0e-7c3a-9a55-2f6f4d1c8a10';
    for (const method of ['GET', 'DELETE'] as const)
      expect(codeOf(await http.ask({ method, url }))).toBe('job-not-found');
    expect(codeOf(await patch('nope', { state: 'paused' }))).toBe('job-not-found');
  });
});

describe('what is wrong with copies', () => {
  it('is told by class and by who found it', async () => {
    await put('casablanca');
    await take({ phase: 'dual-write' });
    const { json: job } = await runJob('verify');
    expect(job.counts).toEqual({ 'new-missing': 1 });
    const difference = { key: 'casablanca', class: 'new-missing', truthVersion: 1, copyVersion: null };
    const url = '/v1/migration/programs/differences';
    expect((await http.ask(url)).json).toMatchObject({ items: [{ ...difference, foundBy: job.jobId }] });
    expect((await http.ask(`${url}?class=new-older`)).json).toEqual({ items: [] });
    expect((await http.ask(`${url}?jobId=shadow`)).json).toEqual({ items: [] });
    expect((await http.ask(`${url}?jobId=${String(job.jobId)}&limit=1`)).json.items).toHaveLength(1);
  });

  it('and can not be mended is told with the reason', async () => {
    const { outbox } = http.cradle;
    await outbox.mark('programs', [{ key: 'huge', version: 3 }], aCall());
    await outbox.park('programs', await outbox.claim('programs', 1, 1000, aCall()), 'too large', aCall());
    expect((await http.ask('/v1/migration/programs/parked')).json).toMatchObject({
      items: [{ key: 'huge', version: 3, reason: 'too large' }],
    });
    expect((await http.ask('/v1/migration/programs')).json.outbox).toMatchObject({ parked: 1 });
  });
});
