import type { ActivityStore, View, ViewOutcome } from '../../ports/activity-store.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { createProgramTrends } from './activity/program-trends.ts';
import { createRecentViews } from './activity/recent-views.ts';
import { createSeenEvents } from './activity/seen-events.ts';

export interface MemoryActivityOptions {
  readonly clock: Clock;
  /** Names this store as a source of totals: they begin at zero with each store, so no two may have one name. */
  readonly ids: Ids;
}

/** Views in this process; nothing outlives it. */
export function createMemoryActivityStore({ clock, ids }: MemoryActivityOptions): ActivityStore {
  const source = `memory:${ids.next()}`;
  const events = createSeenEvents();
  const trends = createProgramTrends();
  const recent = createRecentViews();

  function record(view: View): ViewOutcome {
    if (view.eventId !== undefined && !events.isFirst(view.eventId, clock.now())) return 'duplicate';
    trends.add(view);
    recent.add(view);
    return 'counted';
  }

  return {
    recordViews: (views, call) => on(call, () => views.map(record)),
    trending: (query, call) => on(call, () => trends.top(query, clock.now())),
    trendingCategories: (window, limit, call) =>
      on(call, () => trends.topCategories(window, limit, clock.now())),
    recentlyViewed: (userId, limit, after, call) => on(call, () => recent.page(userId, limit, after)),
    forgetRecentlyViewed: (userId, programId, call) => on(call, () => recent.forget(userId, programId)),
    unconfirmedTotals: (limit, call) => on(call, () => ({ source, totals: trends.unconfirmed(limit) })),
    confirmTotals: (totals, call) => on(call, () => totals.forEach(trends.confirm)),
  };
}

async function on<Result>(call: Call, run: () => Result): Promise<Result> {
  call.signal.throwIfAborted();
  return run();
}
