import { describe, expect, it } from 'vitest';
import { createMemoryActivityStore } from '../../../src/adapters/memory/activity-store.ts';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import { readDemoMovies } from '../../../src/adapters/system/demo-catalog.ts';
import { cleanMovies } from '../../../src/domain/demo/clean-movies.ts';
import { demoViews } from '../../../src/domain/demo/demo-views.ts';
import { loadDemoCatalog } from '../../../src/domain/demo/load-demo-catalog.ts';
import type { ActivityStore } from '../../../src/ports/activity-store.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const FILMS = 3200;
const rows = await readDemoMovies();

function setUp() {
  const clock = createFakeClock();
  const catalog = createMemoryProgramCatalog({ outbox: createMemoryOutbox({ clock }) });
  const activity = createMemoryActivityStore({ clock, ids: { next: () => anId() } });
  const published: string[] = [];
  const changes = { publish: (ids: readonly string[]) => void published.push(...ids) };
  const load = async (over: { catalog?: ProgramCatalog; activity?: ActivityStore } = {}) =>
    await loadDemoCatalog(
      { catalog, activity, changes, clock, readMovies: async () => rows, ...over },
      aCall(),
    );
  return { clock, catalog, activity, published, load };
}

async function countOf(catalog: ProgramCatalog): Promise<number> {
  return (await catalog.categories(aCall())).reduce((sum, { count }) => sum + count, 0);
}

async function viewsOf(activity: ActivityStore): Promise<number> {
  const { totals } = await activity.unconfirmedTotals(10_000, aCall());
  return totals.reduce((sum, { total }) => sum + total, 0);
}

/** The store until its `times`-th write, then a store that is gone, as for a process that is killed. */
function dyingAfter(times: number) {
  let writes = 0;
  return <Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      writes += 1;
      if (writes > times) throw new Error('killed');
      return await write(...args);
    };
}

describe('loadDemoCatalog', () => {
  it('fills an empty catalogue with films and views, and says which programs came', async () => {
    const { load, catalog, activity, published } = setUp();
    expect(await load()).toEqual({ outcome: 'loaded', programs: FILMS });
    expect(await countOf(catalog)).toBe(FILMS);
    expect(await viewsOf(activity)).toBe(3000);
    expect(new Set(published).size).toBe(FILMS);
    const trending = await activity.trending({ window: '1h', filter: {}, limit: 20 }, aCall());
    expect(trending).toHaveLength(20);
    expect((await activity.recentlyViewed('demo-ada', 10, undefined, aCall())).items).toHaveLength(10);
  });

  it('does nothing a second time, whatever became of the films', async () => {
    const { load, catalog, activity } = setUp();
    await load();
    const ids = (await catalog.scan(undefined, FILMS, aCall())).map(({ programId }) => programId);
    for (const id of ids) await catalog.delete(id, { kind: 'any' }, new Date(), aCall());
    expect(await load()).toEqual({ outcome: 'already', programs: 0 });
    expect(await countOf(catalog)).toBe(0);
    expect(await viewsOf(activity)).toBe(3000);
  });

  it.each([0, 1, 3, 6, 7, 8, 12, 13])(
    'that was killed after %i writes is made complete by the next start',
    async (times) => {
      const { load, catalog, activity, clock } = setUp();
      const dying = dyingAfter(times);
      const dead = load({
        catalog: { ...catalog, putMany: dying(catalog.putMany) },
        activity: { ...activity, recordViews: dying(activity.recordViews) },
      });
      await expect(dead).rejects.toThrow('killed');
      clock.advance(3_600_000);
      expect(await load()).toEqual({ outcome: 'loaded', programs: FILMS });
      expect(await countOf(catalog)).toBe(FILMS);
      expect(await viewsOf(activity)).toBe(3000);
      expect((await load()).outcome).toBe('already');
    },
  );

  it('leaves a catalogue of somebody’s own alone', async () => {
    const { load, catalog, activity } = setUp();
    await catalog.put(aDraft({ programId: anId('zz') }), { kind: 'any' }, new Date(), aCall());
    expect(await load()).toEqual({ outcome: 'occupied', programs: 0 });
    expect(await countOf(catalog)).toBe(1);
    expect(await viewsOf(activity)).toBe(0);
  });
});

describe('demoViews', () => {
  const films = cleanMovies(rows).drafts;
  const nowMs = Date.UTC(2026, 2, 1);
  const views = demoViews(films, nowMs);

  it('spreads named views over the last seven days, some in the last hour', () => {
    const ages = views.map(({ occurredAt }) => nowMs - occurredAt.valueOf());
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ages)).toBeLessThan(7 * 86_400_000);
    expect(ages.filter((age) => age < 3_600_000).length).toBeGreaterThan(100);
    expect(new Set(views.map(({ eventId }) => eventId)).size).toBe(views.length);
  });

  it('favours films with votes, and is the same for the same films', () => {
    const votes = new Map(films.map(({ programId, viewCount }) => [programId, viewCount]));
    const meanOf = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    expect(meanOf(views.map(({ programId }) => votes.get(programId) ?? 0))).toBeGreaterThan(
      2 * meanOf([...votes.values()]),
    );
    expect(demoViews(films, nowMs)).toEqual(views);
  });

  it('gives demo viewers positions within the film', () => {
    const named = views.filter(({ userId }) => userId !== undefined);
    expect(named.length).toBeGreaterThan(100);
    expect(
      named.every(
        ({ positionSeconds = -1, durationSeconds = -2 }) =>
          positionSeconds >= 0 && positionSeconds < durationSeconds,
      ),
    ).toBe(true);
  });
});
