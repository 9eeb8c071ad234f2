import type { Kysely } from 'kysely';
import type { ActivityStore } from '../../ports/activity-store.ts';
import type { Clock } from '../../ports/clock.ts';
import { forgetRecentlyViewed, recentlyViewed } from './activity/recent-views.ts';
import { recordViews } from './activity/record-views.ts';
import { createEventPruning } from './activity/seen-events.ts';
import { trending, trendingCategories } from './activity/trends.ts';
import { confirmTotals, unconfirmedTotals } from './activity/view-totals.ts';
import type { ActivityTables } from './migrations/0003-activity.ts';
import { withStoreErrors } from './store-errors.ts';

export interface PostgresActivityOptions {
  readonly db: Kysely<ActivityTables>;
  /** Says as of when scores are answered and how old an event is. */
  readonly clock: Clock;
}

/** Views in Postgres: a row for each program's scores and total, for each event of the last days, and for each viewer and program. */
export function createPostgresActivityStore({ db, clock }: PostgresActivityOptions): ActivityStore {
  const pruneEvents = createEventPruning(db);
  return {
    recordViews: (views, call) =>
      withStoreErrors(async () => {
        call.signal.throwIfAborted();
        if (views.length === 0) return [];
        await pruneEvents(views.length, clock.now(), call);
        return recordViews(db, views, clock.now(), call);
      }),
    trending: (query, call) => withStoreErrors(() => trending(db, query, clock.now(), call)),
    trendingCategories: (window, limit, call) =>
      withStoreErrors(() => trendingCategories(db, window, limit, clock.now(), call)),
    recentlyViewed: (userId, limit, after, call) =>
      withStoreErrors(() => recentlyViewed(db, userId, limit, after, call)),
    forgetRecentlyViewed: (userId, programId, call) =>
      withStoreErrors(() => forgetRecentlyViewed(db, userId, programId, call)),
    unconfirmedTotals: (limit, call) => withStoreErrors(() => unconfirmedTotals(db, limit, call)),
    confirmTotals: (totals, call) => withStoreErrors(() => confirmTotals(db, totals, clock.now(), call)),
  };
}
