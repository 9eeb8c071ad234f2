import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ActivityStore } from '../../ports/activity-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { ActivityTable } from './activity/activity-table.ts';
import { forgetRecentlyViewed, recentlyViewed } from './activity/recent-views.ts';
import { createRecording } from './activity/record-views.ts';
import { createTrends } from './activity/trends.ts';
import { confirmTotals, unconfirmedTotals } from './activity/view-totals.ts';
import type { Pause } from './retry.ts';
import { pauseWithJitter } from './retry.ts';
import { withStoreErrors } from './store-errors.ts';

export interface DynamodbActivityOptions {
  /** Makes at least two attempts: a transaction whose answer was lost is then told from one that failed. */
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  /** Says as of when scores are answered and how old an event is. */
  readonly clock: Clock;
  /** Names this table as a source of totals, and transactions. */
  readonly ids: Ids;
  /** Over how many partitions the indexes are spread. With fewer than before, programs are missing until they are viewed again. */
  readonly indexShards: number;
  /** Waits between attempts; left out: with growing, random delays. */
  readonly pause?: Pause;
}

/**
 * Views in DynamoDB, in one table: an item for each program's total, scores and attributes, for each event of the last days,
 * and for each viewer and program. Trends and waiting totals are found by indexes, which follow the table after a moment.
 */
export function createDynamodbActivityStore(options: DynamodbActivityOptions): ActivityStore {
  const { indexShards: shards, pause = pauseWithJitter, ...rest } = options;
  const table: ActivityTable = { ...rest, shards, pause };
  const recordViews = createRecording(table);
  const trends = createTrends(table);
  return {
    recordViews: (views, call) => withStoreErrors(() => recordViews(views, call), call),
    trending: (query, call) => withStoreErrors(() => trends.trending(query, call), call),
    trendingCategories: (window, limit, call) =>
      withStoreErrors(() => trends.trendingCategories(window, limit, call), call),
    recentlyViewed: (userId, limit, after, call) =>
      withStoreErrors(() => recentlyViewed(table, userId, limit, after, call), call),
    forgetRecentlyViewed: (userId, programId, call) =>
      withStoreErrors(() => forgetRecentlyViewed(table, userId, programId, call), call),
    unconfirmedTotals: (limit, call) => withStoreErrors(() => unconfirmedTotals(table, limit, call), call),
    confirmTotals: (totals, call) => withStoreErrors(() => confirmTotals(table, totals, call), call),
  };
}
