import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createRedisActivityStore } from '../../../src/adapters/redis/activity-store.ts';
import { redisDifferences } from '../../../src/adapters/redis/differences.ts';
import type { RedisKeys } from '../../../src/adapters/redis/keys.ts';
import { addScores, decayedViews, viewScore } from '../../../src/domain/discovery/trend-score.ts';
import { StoreUnavailable } from '../../../src/domain/errors.ts';
import type { TrendQuery } from '../../../src/ports/activity-store.ts';
import { EVENT_MEMORY_MS } from '../../../src/ports/activity-store.ts';
import {
  at,
  aView,
  DAY_MS,
  readRecent,
  readUnconfirmed,
  START_MS,
} from '../../contracts/activity-store/fixture.ts';
import { activityStoreContract } from '../../contracts/activity-store/index.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import type { TestRedis } from '../../support/redis.ts';
import { openTestRedis, useRedis } from '../../support/redis.ts';
import { useRedisCluster } from '../../support/redis-cluster.ts';

describe('Redis ActivityStore', () => {
  const redis = useRedis();

  const emptyStore = () => emptyStoreOn(redis());

  activityStoreContract(async () => ({ ...emptyStore(), differences: redisDifferences.activityStore }));

  test('finds what meets several filters, however deep in the lists it is', async () => {
    const { store } = emptyStore();
    const views = Array.from({ length: 6000 }, (_, index) =>
      aView({
        programId: `p-${String(index).padStart(4, '0')}`,
        occurredAt: at(-index),
        attributes: {
          category: index % 2 === 0 ? 'even' : 'odd',
          language: index % 1000 === 998 ? 'de' : 'en',
          contentType: index % 3 === 0 ? 'movie' : 'live',
        },
      }),
    );
    await store.recordViews(views, aCall());
    const idsOf = async (limit: number, filter: TrendQuery['filter']) =>
      (await store.trending({ window: '7d', limit, filter }, aCall())).map(({ programId }) => programId);
    const rare = ['p-0998', 'p-1998', 'p-2998', 'p-3998', 'p-4998', 'p-5998'];
    expect(await idsOf(10, { category: 'even', language: 'de' })).toEqual(rare);
    expect(await idsOf(2, { category: 'even', language: 'de' })).toEqual(rare.slice(0, 2));
    expect(await idsOf(10, { category: 'odd', language: 'de' })).toEqual([]);
    expect(await idsOf(3, { category: 'odd', language: 'en', contentType: 'movie' })).toEqual([
      'p-0003',
      'p-0009',
      'p-0015',
    ]);
    const evenMovies = views.filter((_, index) => index % 6 === 0).map(({ programId }) => programId);
    expect(await idsOf(5000, { category: 'even', contentType: 'movie' })).toEqual(evenMovies);
  });

  test('more views in one call than one command in a script can have arguments', async () => {
    const { store } = emptyStore();
    const userId = anId('u');
    const views = Array.from({ length: 9000 }, (_, index) =>
      aView({ userId, eventId: anId('e'), programId: `p-${index}`, occurredAt: at(index) }),
    );
    expect(new Set(await store.recordViews(views, aCall()))).toEqual(new Set(['counted']));
    expect(new Set(await store.recordViews(views, aCall()))).toEqual(new Set(['duplicate']));
    expect((await readRecent(store, userId)).at(-1)?.programId).toBe('p-8800');
    const { totals } = await store.unconfirmedTotals(10_000, aCall());
    expect(totals).toHaveLength(9000);
    await store.confirmTotals(totals, aCall());
    expect((await readUnconfirmed(store)).size).toBe(0);
  });

  test('times, positions and scores keep every digit', async () => {
    const { store, clock } = emptyStore();
    const userId = anId('u');
    const moments = [at(1), at(12_345_677), at(98_765_431)];
    clock.advance(98_765_432);
    await store.recordViews(
      moments.map((occurredAt) => aView({ programId: 'p', userId, occurredAt, positionSeconds: 0.1 + 0.2 })),
      aCall(),
    );
    expect(await readRecent(store, userId)).toEqual([
      { programId: 'p', viewedAt: at(98_765_431), positionSeconds: 0.1 + 0.2 },
    ]);
    const score = moments.map((moment) => viewScore('1h', moment.getTime())).reduce(addScores);
    const [trend] = await store.trending({ window: '1h', filter: {}, limit: 1 }, aCall());
    expect(trend?.score).toBeCloseTo(decayedViews('1h', score, clock.now()), 11);
  });

  test('Redis drops an event by itself, a day after it has ceased to matter', async () => {
    const { store, client, keys } = emptyStore();
    await store.recordViews([aView({ eventId: 'e' })], aCall());
    const left = await client.pttl(keys.activity('event', 'e'));
    expect(left).toBeGreaterThan(EVENT_MEMORY_MS + DAY_MS - 60_000);
    expect(left).toBeLessThanOrEqual(EVENT_MEMORY_MS + DAY_MS);
  });

  test('instances of the service on one Redis are one source and see what the others count', async () => {
    const { store, client, keys, clock } = emptyStore();
    const other = createRedisActivityStore({ client, keys, clock, ids: { next: randomUUID } });
    const asked = Array.from({ length: 20 }, (_, turn) =>
      (turn % 2 === 0 ? store : other).unconfirmedTotals(1, aCall()),
    );
    expect(new Set((await Promise.all(asked)).map(({ source }) => source)).size).toBe(1);
    await store.recordViews([aView({ programId: 'a', eventId: 'e' })], aCall());
    expect(await other.recordViews([aView({ programId: 'a', eventId: 'e' })], aCall())).toEqual([
      'duplicate',
    ]);
    expect(await other.unconfirmedTotals(10, aCall())).toEqual(await store.unconfirmedTotals(10, aCall()));
  });

  test('totals that were lost begin again under another name', async () => {
    const { store, client, keys } = emptyStore();
    await store.recordViews([aView({ programId: 'p' })], aCall());
    const { source } = await store.unconfirmedTotals(1, aCall());
    await client.del(keys.activity('totals'));
    await store.recordViews([aView({ programId: 'p' })], aCall());
    const begun = await store.unconfirmedTotals(1, aCall());
    expect(begun.totals).toEqual([{ programId: 'p', total: 1 }]);
    expect(begun.source).not.toBe(source);
  });

  test('stores under two prefixes share nothing', async () => {
    const [one, other] = [emptyStore().store, emptyStore().store];
    const view = aView({ eventId: anId('e'), userId: anId('u') });
    expect(await one.recordViews([view], aCall())).toEqual(['counted']);
    expect(await other.recordViews([view], aCall())).toEqual(['counted']);
    expect((await readUnconfirmed(other)).get(view.programId)).toBe(1);
  });

  test('a call that Redis refuses halfway leaves nothing behind', async () => {
    const { store, client, keys } = emptyStore();
    const userId = anId('u');
    await client.set(keys.activity('seen', userId), 'no list');
    const [view, refused] = [aView({ eventId: anId('e'), userId: anId('u') }), aView({ userId })];
    await expect(store.recordViews([view, refused], aCall())).rejects.toThrow('WRONGTYPE');
    expect(await readUnconfirmed(store)).toEqual(new Map());
    expect(await store.recordViews([view], aCall())).toEqual(['counted']);
  });

  test('without a connection every call fails as unavailable', async () => {
    const { keys, clock } = emptyStore();
    const client = await openTestRedis(redis().url);
    client.disconnect();
    const store = createRedisActivityStore({ client, keys, clock, ids: { next: randomUUID } });
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.recordViews([aView()], aCall()),
      () => store.trending({ window: '1h', filter: {}, limit: 1 }, aCall()),
      () => store.trending({ window: '1h', filter: { category: 'a', language: 'en' }, limit: 1 }, aCall()),
      () => store.trendingCategories('1h', 1, aCall()),
      () => store.recentlyViewed('u', 1, undefined, aCall()),
      () => store.forgetRecentlyViewed('u', 'p', aCall()),
      () => store.forgetRecentlyViewed('u', undefined, aCall()),
      () => store.unconfirmedTotals(1, aCall()),
      () => store.confirmTotals([{ programId: 'p', total: 1 }], aCall()),
    ];
    for (const call of calls) await expect(call()).rejects.toBeInstanceOf(StoreUnavailable);
  });
});

describe('Redis ActivityStore on a cluster', () => {
  const cluster = useRedisCluster();

  activityStoreContract(async () => ({
    ...emptyStoreOn(cluster()),
    differences: redisDifferences.activityStore,
  }));
});

function emptyStoreOn({ client, keys: shared }: TestRedis) {
  const name = randomUUID();
  const keys: RedisKeys = { ...shared, activity: (...parts) => shared.activity(name, ...parts) };
  const clock = createFakeClock(START_MS);
  const restart = () => createRedisActivityStore({ client, keys, clock, ids: { next: randomUUID } });
  return { clock, client, keys, store: restart(), restart };
}
