import type { View } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import { forEachAtOnce } from '../for-each-at-once.ts';
import type { ActivityTable } from './activity-table.ts';
import { trimList } from './recent-views.ts';

/** A list is read once for so many views: 6 read units beside a few hundred write units. */
const TRIM_EVERY = 64;
const TRIMS_AT_ONCE = 4;

/**
 * Makes a function that is told of views and of every 64th trims the viewer's list, so that lists stay about as long as
 * they may be, more so the more a viewer watches. A transaction could not: it takes no number of items to delete.
 */
export function createListTrimming(table: ActivityTable) {
  let viewsSince = 0;
  return async (views: readonly View[], call: Call): Promise<void> => {
    const userIds = new Set<string>();
    for (const { userId } of views) {
      if (userId === undefined) continue;
      viewsSince += 1;
      if (viewsSince % TRIM_EVERY === 0) userIds.add(userId);
    }
    await forEachAtOnce(TRIMS_AT_ONCE, [...userIds], call, (userId) => trimList(table, userId, call));
  };
}
