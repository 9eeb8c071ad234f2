import { describe, expect, it } from 'vitest';
import { StoreUnavailable, ValueTooLarge } from '../../../src/domain/errors.ts';
import type { CopiedSet } from '../../../src/domain/migration/copied-set.ts';
import { relayCopies } from '../../../src/domain/migration/relay.ts';
import { pagesOf, workJobs } from '../../../src/domain/migration/work-jobs.ts';
import type { Program } from '../../../src/domain/program/program.ts';
import type { JobKind, JobSettings, MigrationJobs } from '../../../src/ports/migration-jobs.ts';
import { aCall } from '../../support/call.ts';
import { aHouse } from './fixture.ts';

const LEASE_MS = 15_000;
const PAGE = 200;

interface Worker {
  readonly set?: Partial<CopiedSet<Program>>;
  readonly jobs?: Partial<MigrationJobs>;
  readonly oldestAgeMs?: () => number;
  readonly pause?: (ms: number) => Promise<void>;
}

async function aJob(kind: JobKind, programs: number, settings: Partial<JobSettings> = {}) {
  const house = aHouse();
  const { outbox, elapsedMs } = house;
  for (let made = 0; made < programs; made += 1) await house.write(`p-${String(made).padStart(4, '0')}`);
  await house.forgetMarks();
  const { job } = await house.jobs.create(
    {
      dataSet: 'programs',
      kind,
      settings: { ratePerSecond: null, concurrency: 4, ...settings },
      startedBy: 'test',
      marksSince: 1,
      total: programs,
      parts: [
        { side: 'truth', range: {} },
        ...(kind === 'backfill' ? [] : [{ side: 'copy', range: {} } as const]),
      ],
    },
    aCall(),
  );
  const work = ({ set, jobs, oldestAgeMs, pause = house.pause }: Worker = {}) => {
    const depth: typeof outbox.depth = async (...args) => ({
      ...(await outbox.depth(...args)),
      ...(oldestAgeMs && { oldestAgeMs: oldestAgeMs() }),
    });
    const marks = { ...outbox, depth };
    const copied = { ...house.set, ...set };
    const pages = pagesOf({ ...house, set: copied, outbox: marks, pause });
    const deps = {
      jobs: { ...house.jobs, ...jobs },
      pages: { programs: pages, search: undefined },
      outbox: marks,
    };
    return workJobs({ ...deps, maxLagMs: 5000, elapsedMs, pause }, aCall());
  };
  return {
    ...house,
    work,
    found: async () => await house.jobs.get(job.jobId, aCall()),
    /** Both parts of a verification. */
    workAll: async (worker: Worker = {}) => {
      while ((await work(worker)) > 0);
      return await house.jobs.get(job.jobId, aCall());
    },
    copies: async () => (await house.hot.scan(undefined, 1000, aCall())).entries,
    relay: () => relayCopies({ outbox, set: house.set, batch: 100, concurrency: 4 }, aCall()),
  };
}

describe('a backfill', () => {
  it('copies every program, deleted ones as tombstones', async () => {
    const { workAll, remove, copies, forgetMarks } = await aJob('backfill', 450);
    await remove('p-0007');
    await forgetMarks();
    expect(await workAll()).toMatchObject({ state: 'finished', done: 450, counts: { applied: 450 } });
    const entries = await copies();
    expect(entries).toHaveLength(450);
    expect(entries.filter(({ state }) => state === 'tombstone')).toMatchObject([{ programId: 'p-0007' }]);
  });

  it('leaves alone what is as new or newer', async () => {
    const { workAll, hot, catalog } = await aJob('backfill', 2);
    const [same, newer] = await catalog.getMany(['p-0000', 'p-0001'], aCall());
    if (same) await hot.put(same, {}, aCall());
    if (newer) await hot.put({ ...newer, version: 9 }, {}, aCall());
    expect(await workAll()).toMatchObject({ counts: { duplicate: 1, superseded: 1 } });
  });

  it('repeats one page when a worker dies between writing and confirming it', async () => {
    const { work, workAll, clock, set, jobs } = await aJob('backfill', 450);
    const killed = () => Promise.reject(new Error('killed'));
    let written = 0;
    const counting: Worker['set'] = {
      writeCopy: (...args) => {
        written += 1;
        return set.writeCopy(...args);
      },
    };
    let confirmed = 0;
    const advancePart: MigrationJobs['advancePart'] = async (...args) => {
      confirmed += 1;
      return confirmed === 2 ? killed() : jobs.advancePart(...args);
    };
    await expect(work({ set: counting, jobs: { advancePart, releasePart: killed } })).rejects.toThrow(
      'killed',
    );
    expect([written, await work()]).toEqual([2 * PAGE, 0]);
    clock.advance(LEASE_MS);
    expect(await workAll({ set: counting })).toMatchObject({ state: 'finished', done: 450 });
    expect(written).toBe(450 + PAGE);
  });

  it('gives its part back when the store of the copies fails, and goes on where it was', async () => {
    const { work, workAll, set, found } = await aJob('backfill', 450);
    const away = new StoreUnavailable('the copy', undefined);
    const fails: Worker['set'] = {
      writeCopy: (state, ...rest) =>
        state.key > 'p-0300' ? Promise.reject(away) : set.writeCopy(state, ...rest),
    };
    await expect(work({ set: fails })).rejects.toBe(away);
    expect(await found()).toMatchObject({ state: 'running', done: PAGE });
    expect(await workAll()).toMatchObject({
      state: 'finished',
      done: 450,
      counts: { applied: 349, duplicate: 101 },
    });
  });

  it('leaves what the store can not hold to the relay', async () => {
    const { workAll, set, depth } = await aJob('backfill', 3);
    const tooLarge = new ValueTooLarge('the copy', 'p-0001', 500_000, 400_000);
    const fails: Worker['set'] = {
      writeCopy: (state, ...rest) =>
        state.key === 'p-0001' ? Promise.reject(tooLarge) : set.writeCopy(state, ...rest),
    };
    expect(await workAll({ set: fails })).toMatchObject({
      state: 'finished',
      counts: { applied: 2, failed: 1 },
    });
    expect(await depth()).toMatchObject({ pending: 1 });
  });

  it('waits while the copies lag, without writing', async () => {
    const { work, found, elapsedMs } = await aJob('backfill', 10);
    const begun = elapsedMs();
    expect(await work({ oldestAgeMs: () => 5001 })).toBe(0);
    // A turn of waiting; then the part is there for others.
    expect([elapsedMs() - begun, (await found())?.done]).toEqual([5000, 0]);
    let looks = 0;
    const ease = () => {
      looks += 1;
      return looks < 5 ? 5001 : 5000;
    };
    expect(await work({ oldestAgeMs: ease })).toBe(10);
  });

  it('keeps to its rate', async () => {
    const { workAll, elapsedMs } = await aJob('backfill', 1000, { ratePerSecond: 100 });
    const begun = elapsedMs();
    await workAll();
    expect(elapsedMs() - begun).toBeGreaterThan(9000);
    expect(elapsedMs() - begun).toBeLessThan(13_000);
  });

  it('stands still while it is paused', async () => {
    const { work, jobs, found } = await aJob('backfill', 450);
    const jobId = (await found())?.jobId ?? '';
    await jobs.changeState(jobId, 'pause', null, aCall());
    expect(await work()).toBe(0);
    await jobs.changeState(jobId, 'resume', null, aCall());
    expect(await work()).toBe(450);
  });

  it('that is paused under way loses a page at most', async () => {
    const { work, jobs, found, set } = await aJob('backfill', 450);
    const jobId = (await found())?.jobId ?? '';
    const pausing: Worker['set'] = {
      scanTruth: async (range, ...rest) => {
        if (range.after !== undefined) await jobs.changeState(jobId, 'pause', null, aCall());
        return set.scanTruth(range, ...rest);
      },
    };
    expect(await work({ set: pausing })).toBe(PAGE);
    expect(await found()).toMatchObject({ state: 'paused', done: PAGE });
  });
});

describe('a verification', () => {
  it('finds what is missing, extra, old and different, and reports keys and paths', async () => {
    const { workAll, hot, catalog, comparisons, found } = await aJob('verify', 5);
    const [a, b, c, d] = await catalog.getMany(['p-0000', 'p-0001', 'p-0002', 'p-0003'], aCall());
    if (!(a && b && c && d)) throw new Error('a program is missing');
    await hot.put(a, {}, aCall());
    await hot.put({ ...b, title: 'Spoilt' }, {}, aCall());
    await hot.put({ ...c, version: 9 }, {}, aCall());
    await hot.put({ ...d, programId: 'stray' }, {}, aCall());
    const job = await workAll();
    expect(job).toMatchObject({
      state: 'finished',
      counts: { match: 1, 'same-version-different': 1, 'new-newer': 1, 'new-missing': 2, 'old-missing': 1 },
    });
    const filter = { foundBy: (await found())?.jobId ?? '' };
    const differences = await comparisons.differences('programs', filter, 10, aCall());
    expect(differences).toHaveLength(5);
    expect(differences.find(({ key }) => key === 'p-0001')).toMatchObject({ paths: ['/title'] });
  });

  it('gives a copy that is behind the time to follow', async () => {
    const { workAll, clock, write, relay } = await aJob('verify', 2);
    for (const key of ['p-0000', 'p-0001']) await write(key, { title: 'Newer' });
    let pauses = 0;
    const pause = async (ms: number) => {
      clock.advance(ms);
      pauses += 1;
      if (pauses === 2) await relay();
    };
    expect(await workAll({ pause })).toMatchObject({ state: 'finished', counts: { match: 2 } });
    expect(pauses).toBe(2);
  });

  it('takes a tombstone of what never was, and an expired one, for no difference', async () => {
    const { workAll, hot } = await aJob('verify', 0);
    await hot.delete({ programId: 'stray', version: 3 }, aCall());
    expect((await workAll())?.counts).toEqual({});
  });
});

describe('a repair', () => {
  it('marks what differs, and the relay mends it, so that a verification finds nothing', async () => {
    const { workAll, hot, catalog, relay, depth, set } = await aJob('repair', 4);
    const [a, b, c] = await catalog.getMany(['p-0000', 'p-0001', 'p-0002'], aCall());
    if (!(a && b && c)) throw new Error('a program is missing');
    await hot.put(a, {}, aCall());
    await hot.put({ ...b, title: 'Spoilt' }, {}, aCall());
    await hot.put({ ...c, programId: 'stray' }, {}, aCall());
    expect((await workAll())?.counts).toMatchObject({ match: 1, marked: 4 });
    expect(await depth()).toMatchObject({ pending: 4 });
    await relay();
    for (const truth of await set.scanTruth({}, 10, aCall()))
      expect(await set.readCopy([truth.key], aCall())).toEqual([
        { outcome: 'hit', ...versionAndValue(truth) },
      ]);
    expect(await hot.get('stray', aCall())).toMatchObject({ outcome: 'tombstone' });
  });
});

function versionAndValue({
  version,
  value,
}: {
  readonly version: number;
  readonly value: Program | undefined;
}) {
  return { version, value };
}
