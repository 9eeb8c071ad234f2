import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrendWindow } from '../../../src/domain/discovery/trend-score.ts';
import { TREND_WINDOWS } from '../../../src/domain/discovery/trend-score.ts';
import type { ActivityStore, View } from '../../../src/ports/activity-store.ts';
import { aCall } from '../../support/call.ts';
import type { MakeActivity } from './fixture.ts';
import { at, aView, DAY_MS, dealt, HOUR_MS, START_MS, YEAR_MS } from './fixture.ts';

const WINDOWS = ['1h', '24h', '7d'] as const satisfies readonly TrendWindow[];

/** Programs by decayed views. */
export function trendsContract(make: MakeActivity): void {
  const all = (window: TrendWindow = '24h') => ({ window, filter: {}, limit: 1000 });

  test('nothing was viewed: nothing trends', async () => {
    const { store } = await make();
    expect(await store.trending(all(), aCall())).toEqual([]);
    expect(await store.trendingCategories('24h', 10, aCall())).toEqual([]);
  });

  describe.each(WINDOWS)('%s', (window) => {
    const windowMs = TREND_WINDOWS[window];

    test('a view counts 1 when it happens and half of that one window later', async () => {
      const { store, clock } = await make();
      await store.recordViews([aView({ programId: 'p' })], aCall());
      for (const [windows, score] of [0, 1, 2, 10].map((count) => [count, 2 ** -count] as const)) {
        clock.set(START_MS + windows * windowMs);
        const [trend] = await store.trending(all(window), aCall());
        expect(trend?.score).toBeCloseTo(score, 9);
      }
    });

    test('is the sum of its views, each by its age', async () => {
      const { store } = await make();
      const ages = [0, 0.5, 1, 1, 3];
      const views = ages.map((age) => aView({ programId: 'p', occurredAt: at(-age * windowMs) }));
      await store.recordViews(views.slice(0, 2), aCall());
      await store.recordViews(views.slice(2), aCall());
      const [trend] = await store.trending(all(window), aCall());
      expect(trend?.score).toBeCloseTo(
        ages.reduce((sum, age) => sum + 2 ** -age, 0),
        9,
      );
    });
  });

  test('highest first, ties by id in the order of code points', async () => {
    const { store } = await make();
    const once = ['b', 'a', 'B', 'a-1', 'a.1', 'A', '~', '10', '9', 'a:1'].map((programId) =>
      aView({ programId }),
    );
    const twice = ['z', 'y'].map((programId) => aView({ programId }));
    await store.recordViews([...once, ...twice, ...twice], aCall());
    const order = (await store.trending(all(), aCall())).map(({ programId }) => programId);
    expect(order).toEqual(['y', 'z', '10', '9', 'A', 'B', 'a', 'a-1', 'a.1', 'a:1', 'b', '~']);
    const top = await store.trending({ ...all(), limit: 3 }, aCall());
    expect(top.map(({ programId }) => programId)).toEqual(['y', 'z', '10']);
  });

  test('short windows prefer what is new, long ones what is much viewed', async () => {
    const { store } = await make();
    const old = Array.from({ length: 8 }, () => aView({ programId: 'old', occurredAt: at(-DAY_MS) }));
    await store.recordViews([...old, aView({ programId: 'new' })], aCall());
    const first = async (window: TrendWindow) => (await store.trending(all(window), aCall()))[0]?.programId;
    expect([await first('1h'), await first('24h'), await first('7d')]).toEqual(['new', 'old', 'old']);
  });

  test('each filter and all of them together', async () => {
    const { store } = await make();
    const categories = ['drama', 'news'];
    const languages = ['en', 'de'];
    const contentTypes = ['movie', 'live'];
    const views = categories.flatMap((category) =>
      languages.flatMap((language) =>
        contentTypes.map((contentType) =>
          aView({
            programId: `${category}.${language}.${contentType}`,
            attributes: { category, language, contentType },
          }),
        ),
      ),
    );
    await store.recordViews(views, aCall());
    const idsOf = async (filter: Partial<View['attributes']>) =>
      (await store.trending({ ...all(), filter }, aCall())).map(({ programId }) => programId);
    expect(await idsOf({})).toHaveLength(8);
    expect(await idsOf({ category: 'news' })).toHaveLength(4);
    expect(await idsOf({ language: 'de' })).toHaveLength(4);
    expect(await idsOf({ contentType: 'live' })).toHaveLength(4);
    expect(await idsOf({ category: 'news', language: 'de' })).toEqual(['news.de.live', 'news.de.movie']);
    expect(await idsOf({ category: 'news', language: 'de', contentType: 'live' })).toEqual(['news.de.live']);
    expect(await idsOf({ category: "new' or true --" })).toEqual([]);
  });

  test('filters go by what the program was when it was last viewed, in whatever order views arrive', async () => {
    const { store } = await make();
    const attributesOf = (category: string) => ({ category, language: 'en', contentType: 'movie' });
    const older = aView({ programId: 'p', occurredAt: at(-HOUR_MS), attributes: attributesOf('older') });
    const newer = aView({ programId: 'p', occurredAt: at(0), attributes: attributesOf('newer') });
    const oldest = aView({ programId: 'p', occurredAt: at(-DAY_MS), attributes: attributesOf('oldest') });
    await store.recordViews([newer, older], aCall());
    await store.recordViews([oldest], aCall());
    const found = async (category: string) =>
      (await store.trending({ ...all(), filter: { category } }, aCall())).length;
    expect([await found('newer'), await found('older'), await found('oldest')]).toEqual([1, 0, 0]);
    expect((await store.trendingCategories('24h', 10, aCall())).map(({ category }) => category)).toEqual([
      'newer',
    ]);
  });

  test('scores do not depend on order, batches or concurrency', async () => {
    await fc.assert(
      fc.asyncProperty(someViews, fc.integer({ min: 1, max: 7 }), async (views, batches) => {
        const inOrder = await make();
        await inOrder.store.recordViews(views, aCall());
        const expected = await trendsOf(inOrder.store);
        const shuffled = await make();
        const parts = dealt(views.toReversed(), batches);
        await Promise.all(parts.map((part) => shuffled.store.recordViews(part, aCall())));
        const found = await trendsOf(shuffled.store);
        expect(found.size).toBe(expected.size);
        for (const [name, score] of found) expectNear(score, expected.get(name));
      }),
      { numRuns: 12 },
    );
  });

  test('views that are years apart neither fail nor lose their order', async () => {
    const { store, clock } = await make();
    const yearsAgo = (years: number, programId: string) =>
      aView({
        programId,
        occurredAt: at(-years * YEAR_MS),
        attributes: { category: programId, language: 'en', contentType: 'movie' },
      });
    await store.recordViews([yearsAgo(0, 'both')], aCall());
    await store.recordViews([yearsAgo(26, 'both'), yearsAgo(1, 'one'), yearsAgo(20, 'twenty')], aCall());
    await store.recordViews([yearsAgo(2, 'both'), yearsAgo(21, 'one'), yearsAgo(20, 'twenty')], aCall());
    for (const window of WINDOWS) {
      const trends = await store.trending(all(window), aCall());
      expect(trends.map(({ programId }) => programId)).toEqual(['both', 'one', 'twenty']);
      expect(trends[0]?.score).toBeCloseTo(1, 9);
      const categories = await store.trendingCategories(window, 10, aCall());
      expect(categories.map(({ category }) => category)).toEqual(['both', 'one', 'twenty']);
    }
    clock.advance(30 * YEAR_MS);
    const scores = (await store.trending(all('1h'), aCall())).map(({ score }) => score);
    expect(scores).toEqual([0, 0, 0]);
    await store.recordViews([aView({ programId: 'twenty', occurredAt: new Date(clock.now()) })], aCall());
    expect((await store.trending(all('1h'), aCall()))[0]).toEqual({
      programId: 'twenty',
      score: expect.closeTo(1, 9),
    });
  });
}

const someViews = fc.array(
  fc
    .record({ program: fc.integer({ min: 1, max: 5 }), ageMs: fc.integer({ min: 0, max: 3 * DAY_MS }) })
    .map(({ program, ageMs }) => aView({ programId: `p-${program}`, occurredAt: at(-ageMs) })),
  { minLength: 1, maxLength: 60 },
);

/** The score of each window and program. */
async function trendsOf(store: ActivityStore): Promise<ReadonlyMap<string, number>> {
  const scores = new Map<string, number>();
  for (const window of WINDOWS) {
    for (const { programId, score } of await store.trending({ window, filter: {}, limit: 1000 }, aCall())) {
      scores.set(`${window} ${programId}`, score);
    }
  }
  return scores;
}

function expectNear(score: number, expected: number | undefined): void {
  expect(Math.abs(score - (expected ?? Number.NaN))).toBeLessThanOrEqual(1e-9 * (expected ?? 0));
}
