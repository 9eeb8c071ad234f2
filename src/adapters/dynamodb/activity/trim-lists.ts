import type { View } from '../../../ports/activity-store.ts';
import { forEachAtOnce } from '../for-each-at-once.ts';
import type { ActivityTable } from './activity-table.ts';
import { trimList } from './recent-views.ts';

/** A list is read once for so many views: 6 read units beside a few hundred write units. */
const TRIM_EVERY = 64;
const TRIMS_AT_ONCE = 4;
const TIMEOUT_MS = 10_000;

/**
 * Makes a function that is told of views that were counted and of every 64th trims the viewer's list, so that lists stay about as
 * long as they may be, more so the more a viewer watches. A transaction could not: it takes no number of items to delete.
 *
 * Nobody waits for it, and nobody hears when it fails: the views are counted, readers see no more of a list than they may, and a
 * later view trims it. One trimming goes on at a time, so that a slow table is not asked for more and more.
 */
export function createListTrimming(table: ActivityTable) {
  let viewsSince = 0;
  let isTrimming = false;

  async function trim(userIds: ReadonlySet<string>): Promise<void> {
    const call = { signal: AbortSignal.timeout(TIMEOUT_MS) };
    isTrimming = true;
    try {
      await forEachAtOnce(TRIMS_AT_ONCE, [...userIds], call, (userId) => trimList(table, userId, call));
    } catch {
      // Garbage is left for the next time.
    } finally {
      isTrimming = false;
    }
  }

  return (views: readonly View[]): void => {
    const userIds = new Set<string>();
    for (const { userId } of views) {
      if (userId === undefined) continue;
      viewsSince += 1;
      if (viewsSince % TRIM_EVERY === 0) userIds.add(userId);
    }
    if (userIds.size > 0 && !isTrimming) void trim(userIds);
  };
}
