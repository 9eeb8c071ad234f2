import type { ActivityStore } from '../../ports/activity-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { forgetRecentlyViewed, recentlyViewed } from './activity/recent-views.ts';
import { recordViews } from './activity/record-views.ts';
import { trending, trendingCategories } from './activity/trends.ts';
import { confirmTotals, unconfirmedTotals } from './activity/view-totals.ts';
import type { RedisClient } from './client.ts';
import type { RedisKeys } from './keys.ts';
import { withStoreErrors } from './store-errors.ts';

export interface RedisActivityOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  /** Says as of when scores are answered and how old an event is. */
  readonly clock: Clock;
  /** Names these totals as a source, when they begin. */
  readonly ids: Ids;
}

/**
 * Views in Redis 6.2 or newer; each call is one round trip.
 *
 * All keys are in one slot, since views of any programs and viewers are counted together: in a cluster, one node carries
 * them all. Totals, trends and the viewers' lists never expire; a list is bounded, events go after seven to eight days.
 *
 * How durable an acknowledged view is, the server's settings decide: with `appendonly yes` and `appendfsync always` it
 * survives a crash; with `everysec` (the default of `appendonly yes`) a crash may lose the last second or two; without
 * `appendonly`, all since the last snapshot, or all there is. A fail-over to a replica loses what had not reached it. And
 * a `maxmemory-policy` of `allkeys-*` may drop any of it at any time.
 */
export function createRedisActivityStore({ client, keys, clock, ids }: RedisActivityOptions): ActivityStore {
  return {
    recordViews: (views, call) => withStoreErrors(() => recordViews(client, keys, views, clock.now(), call)),
    trending: (query, call) => withStoreErrors(() => trending(client, keys, query, clock.now(), call)),
    trendingCategories: (window, limit, call) =>
      withStoreErrors(() => trendingCategories(client, keys, window, limit, clock.now(), call)),
    recentlyViewed: (userId, limit, after, call) =>
      withStoreErrors(() => recentlyViewed(client, keys, userId, limit, after, call)),
    forgetRecentlyViewed: (userId, programId, call) =>
      withStoreErrors(() => forgetRecentlyViewed(client, keys, userId, programId, call)),
    unconfirmedTotals: (limit, call) =>
      withStoreErrors(() => unconfirmedTotals(client, keys, `redis:${ids.next()}`, limit, call)),
    confirmTotals: (totals, call) => withStoreErrors(() => confirmTotals(client, keys, totals, call)),
  };
}
