import { expect, test } from 'vitest';
import { compareText } from '../../../src/domain/text.ts';
import type { View } from '../../../src/ports/activity-store.ts';
import { aCall } from '../../support/call.ts';
import type { MakeActivity } from './fixture.ts';
import { aView, HOSTILE_TEXTS, readRecent, readUnconfirmed } from './fixture.ts';

/** Nothing is taken for anything else, whatever it is named. */
export function isolationContract(make: MakeActivity): void {
  const trendingIds = { window: '24h', limit: 100 } as const;

  test('programs are told apart to the letter', async () => {
    const { store } = await make();
    const ids = ['a', 'A', 'a:b', 'a.b', 'a~', 'ab', 'all', 'source', 'trend:1h', '0', '00', 'x'.repeat(100)];
    await store.recordViews(
      ids.map((programId) => aView({ programId, userId: 'u' })),
      aCall(),
    );
    const expected = ids.toSorted(compareText);
    expect((await readRecent(store, 'u')).map(({ programId }) => programId)).toEqual(expected);
    const trends = await store.trending({ ...trendingIds, filter: {} }, aCall());
    expect(trends.map(({ programId }) => programId)).toEqual(expected);
    expect(await readUnconfirmed(store)).toEqual(new Map(expected.map((programId) => [programId, 1])));
  });

  test.each([':', '#', '/', '|', '\u{1f600}'])('viewers and programs with %s between', async (mark) => {
    const { store } = await make();
    const [short, long] = ['u', `u${mark}a`];
    await store.recordViews(
      [aView({ userId: short, programId: 'a:b' }), aView({ userId: long, programId: 'b' })],
      aCall(),
    );
    await store.forgetRecentlyViewed(short, 'b', aCall());
    const idsOf = async (userId: string) =>
      (await readRecent(store, userId)).map(({ programId }) => programId);
    expect([await idsOf(short), await idsOf(long)]).toEqual([['a:b'], ['b']]);
    await store.forgetRecentlyViewed(short, undefined, aCall());
    expect([await idsOf(short), await idsOf(long)]).toEqual([[], ['b']]);
  });

  test('categories are told apart to the letter, ties by name in the order of code points', async () => {
    const { store } = await make();
    const categories = [
      ...HOSTILE_TEXTS.filter((text) => text.length <= 64),
      '\ufffd',
      'Drama',
      'drama',
      'dr',
    ];
    const views = categories.map((category, index) =>
      aView({ programId: `p-${index}`, attributes: { category, language: 'en', contentType: 'movie' } }),
    );
    await store.recordViews(views, aCall());
    for (const [index, category] of categories.entries()) {
      const trends = await store.trending({ ...trendingIds, filter: { category } }, aCall());
      expect(trends.map(({ programId }) => programId)).toEqual([`p-${index}`]);
    }
    const trends = await store.trendingCategories('24h', 100, aCall());
    expect(trends.map(({ category }) => category)).toEqual(categories.toSorted(compareText));
  });

  test('a category, a language and a content type of one name are three things', async () => {
    const { store } = await make();
    const attributes = { category: 'x', language: 'xx', contentType: 'xxx' };
    const turned = { category: 'xx', language: 'xxx', contentType: 'x' };
    await store.recordViews(
      [aView({ programId: 'p', attributes }), aView({ programId: 'turned', attributes: turned })],
      aCall(),
    );
    const idsOf = async (filter: Partial<View['attributes']>) =>
      (await store.trending({ ...trendingIds, filter }, aCall())).map(({ programId }) => programId);
    expect(await idsOf({ category: 'x' })).toEqual(['p']);
    expect(await idsOf({ language: 'xxx' })).toEqual(['turned']);
    expect(await idsOf({ contentType: 'x' })).toEqual(['turned']);
    expect(await idsOf({ category: 'xx', contentType: 'xxx' })).toEqual([]);
    expect(await idsOf(attributes)).toEqual(['p']);
  });

  test('what was handed in can change without the store', async () => {
    const { store } = await make();
    const attributes = { category: 'drama', language: 'en', contentType: 'movie' };
    await store.recordViews([aView({ programId: 'p', attributes })], aCall());
    attributes.category = 'news';
    const [trend] = await store.trending({ ...trendingIds, filter: { category: 'drama' } }, aCall());
    expect(trend?.programId).toBe('p');
  });
}
