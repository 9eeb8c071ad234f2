import type { Kysely } from 'kysely';
import type { Page } from '../../../domain/page.ts';
import type { RecentPosition, RecentView } from '../../../ports/activity-store.ts';
import { RECENT_VIEWS_KEPT } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ActivityTables } from '../migrations/0003-activity.ts';

type Db = Kysely<ActivityTables>;

export async function recentlyViewed(
  db: Db,
  userId: string,
  limit: number,
  after: RecentPosition | undefined,
  call: Call,
): Promise<Page<RecentView, RecentPosition>> {
  const kept = db
    .selectFrom('recent_views')
    .select(['program_id', 'viewed_at', 'position_seconds'])
    .where('user_id', '=', userId)
    .orderBy('viewed_at', 'desc')
    .orderBy('program_id')
    .limit(RECENT_VIEWS_KEPT);
  let page = db.selectFrom(kept.as('kept')).selectAll();
  if (after !== undefined) {
    const [viewedAtMs, programId] = after;
    const viewedAt = new Date(viewedAtMs);
    page = page.where((is) =>
      is.or([
        is('viewed_at', '<', viewedAt),
        is.and([is('viewed_at', '=', viewedAt), is('program_id', '>', programId)]),
      ]),
    );
  }
  const rows = await page
    .orderBy('viewed_at', 'desc')
    .orderBy('program_id')
    .limit(limit + 1)
    .execute(call);
  const items = rows.slice(0, limit).map((row) => ({
    programId: row.program_id,
    viewedAt: row.viewed_at,
    positionSeconds: row.position_seconds,
  }));
  const last = items.at(-1);
  const isEnd = rows.length <= limit || last === undefined;
  return { items, next: isEnd ? undefined : [last.viewedAt.getTime(), last.programId] };
}

// The rows are locked in the order in which `recordViews` takes them, so that the two never deadlock.
export async function forgetRecentlyViewed(
  db: Db,
  userId: string,
  programId: string | undefined,
  call: Call,
): Promise<void> {
  const list = db.selectFrom('recent_views').select('program_id').where('user_id', '=', userId);
  const forgotten = programId === undefined ? list : list.where('program_id', '=', programId);
  await db
    .with('forgotten', () => forgotten.orderBy('program_id').forUpdate())
    .deleteFrom('recent_views')
    .where('user_id', '=', userId)
    .where('program_id', 'in', (from) => from.selectFrom('forgotten').select('program_id'))
    .execute(call);
}
