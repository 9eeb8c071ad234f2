import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TrendWindow } from '../../../src/domain/discovery/trend-score.ts';
import type { ActivityStore, View } from '../../../src/ports/activity-store.ts';
import { aCall } from '../../support/call.ts';
import type { MakeActivity } from './fixture.ts';
import { at, aView, DAY_MS, dealt, YEAR_MS } from './fixture.ts';

const CATEGORIES = ['one', 'two', 'three'] as const;

/** Categories by the decayed views of their programs. */
export function categoriesContract(make: MakeActivity): void {
  test('categories are sums of their programs, highest first, ties by name', async () => {
    const { store } = await make();
    const views = (category: string, programs: number) =>
      Array.from({ length: programs }, (_, index) =>
        aView({
          programId: `${category}-${index}`,
          occurredAt: at(-DAY_MS),
          attributes: { category, language: 'en', contentType: 'movie' },
        }),
      );
    await store.recordViews(
      [...views('b', 1), ...views('a', 1), ...views('c', 4), ...views('Z', 1)],
      aCall(),
    );
    const trends = await store.trendingCategories('24h', 10, aCall());
    expect(trends.map(({ category }) => category)).toEqual(['c', 'Z', 'a', 'b']);
    expect(trends.map(({ score }) => score)).toEqual(
      [2, 0.5, 0.5, 0.5].map((score) => expect.closeTo(score, 9)),
    );
    expect(await store.trendingCategories('24h', 2, aCall())).toHaveLength(2);
  });

  test('a program whose attributes change takes its whole score along', async () => {
    const { store } = await make();
    const view = (programId: string, category: string, minute: number, language = 'en') =>
      aView({
        programId,
        occurredAt: at(minute),
        attributes: { category, language, contentType: 'movie' },
      });
    const early = ['p', 'p', 'p', 'q'].map((programId) => view(programId, 'one', 0));
    await store.recordViews([...early, view('r', 'two', 0), view('s', 'three', 0)], aCall());
    await store.recordViews([view('p', 'two', 1, 'de'), view('s', 'one', 1)], aCall());
    const categories = await store.trendingCategories('7d', 10, aCall());
    expect(categories).toEqual([
      { category: 'two', score: expect.closeTo(5, 4) },
      { category: 'one', score: expect.closeTo(3, 4) },
    ]);
    const idsOf = async (filter: Partial<View['attributes']>) =>
      (await store.trending({ window: '7d', filter, limit: 10 }, aCall())).map(({ programId }) => programId);
    expect(await idsOf({ category: 'one' })).toEqual(['s', 'q']);
    expect(await idsOf({ category: 'two' })).toEqual(['p', 'r']);
    expect(await idsOf({ category: 'three' })).toEqual([]);
    expect(await idsOf({ category: 'two', language: 'en' })).toEqual(['r']);
    expect(await idsOf({ language: 'de' })).toEqual(['p']);
  });

  test('one category may hold programs that are years apart', async () => {
    const { store } = await make();
    await store.recordViews([aView({ occurredAt: at(-20 * YEAR_MS) }), aView(), aView()], aCall());
    const [trend] = await store.trendingCategories('1h', 10, aCall());
    expect(trend?.score).toBeCloseTo(2, 9);
  });

  test('are the sums of their programs, whatever moves between them and when', async () => {
    await fc.assert(
      fc.asyncProperty(someViews, fc.integer({ min: 1, max: 5 }), async (views, calls) => {
        const { store } = await make();
        const parts = dealt(views, calls);
        await Promise.all(parts.map((part) => store.recordViews(part, aCall())));
        for (const window of ['1h', '7d'] as const) {
          const found = await store.trendingCategories(window, 10, aCall());
          const expected = (await sumsOf(store, window)).filter(({ score }) => score > 0);
          expect(new Map(found.map(({ category, score }) => [category, score]))).toEqual(
            new Map(expected.map(({ category, score }) => [category, expect.closeTo(score, 9)])),
          );
        }
      }),
      { numRuns: 8 },
    );
  });
}

const someViews = fc.array(
  fc
    .record({
      program: fc.integer({ min: 1, max: 5 }),
      category: fc.constantFrom(...CATEGORIES),
      ageMs: fc.integer({ min: 0, max: DAY_MS }),
    })
    .map(({ program, category, ageMs }) =>
      aView({
        programId: `p-${program}`,
        occurredAt: at(-ageMs),
        attributes: { category, language: 'en', contentType: 'movie' },
      }),
    ),
  { minLength: 1, maxLength: 40 },
);

/** The scores of the programs in each category, added up. */
async function sumsOf(store: ActivityStore, window: TrendWindow) {
  const sums: { readonly category: string; readonly score: number }[] = [];
  for (const category of CATEGORIES) {
    const trends = await store.trending({ window, filter: { category }, limit: 1000 }, aCall());
    sums.push({ category, score: trends.reduce((sum, { score }) => sum + score, 0) });
  }
  return sums;
}
