import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { compareText } from '../../../domain/text.ts';
import type { View } from '../../../ports/activity-store.ts';
import { EVENT_MEMORY_MS } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ActivityTables } from '../migrations/0003-activity.ts';

type Db = Kysely<ActivityTables>;

/** Events after which the oldest are looked at, and of those twice as many: the forgotten go faster than new ones come. */
const PRUNE_EVERY = 1000;

/**
 * Remembers the events of the views and answers, for each view, whether it is the first of its event. A concurrent call
 * with the same event waits here until this transaction ends.
 */
export async function markFirstSeen(
  db: Db,
  views: readonly View[],
  nowMs: number,
  call: Call,
): Promise<readonly boolean[]> {
  const newEvents = await rememberEvents(db, eventIdsOf(views), nowMs, call);
  // Removing the event as it is met leaves its repeats in the same call without one.
  return views.map(({ eventId }) => eventId === undefined || newEvents.delete(eventId));
}

function eventIdsOf(views: readonly View[]): readonly string[] {
  const ids = views.map(({ eventId }) => eventId).filter((eventId) => eventId !== undefined);
  return [...new Set(ids)].sort(compareText);
}

async function rememberEvents(
  db: Db,
  eventIds: readonly string[],
  nowMs: number,
  call: Call,
): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const { rows } = await sql<{ event_id: string }>`
    insert into seen_events as seen (event_id, seen_at)
    select event_id, ${new Date(nowMs)}::timestamptz from unnest(${eventIds}::text[]) as event_id
    on conflict (event_id) do update set seen_at = excluded.seen_at
    where seen.seen_at < ${new Date(nowMs - EVENT_MEMORY_MS)}::timestamptz
    returning event_id`.execute(db, call);
  return new Set(rows.map((row) => row.event_id));
}

/**
 * Makes a function that is told of views and now and then drops events that are too old to matter, a bounded number at
 * once. It locks rows in no order, so it must not share a transaction with anything.
 */
export function createEventPruning(db: Db): (views: number, nowMs: number, call: Call) => Promise<void> {
  let sincePruned = PRUNE_EVERY;
  return async (views, nowMs, call) => {
    sincePruned += views;
    if (sincePruned < PRUNE_EVERY) return;
    const most = 2 * sincePruned;
    sincePruned = 0;
    await sql`
      delete from seen_events where event_id in (
        select event_id from seen_events
        where seen_at < ${new Date(nowMs - EVENT_MEMORY_MS)}::timestamptz
        order by seen_at limit ${most} for update skip locked
      )`.execute(db, call);
  };
}
