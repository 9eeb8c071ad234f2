import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { View, ViewOutcome } from '../../../ports/activity-store.ts';
import { RECENT_VIEWS_KEPT } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ActivityTables } from '../migrations/0003-activity.ts';
import type { ProgramViews, ViewerView } from './fold-views.ts';
import { foldByProgram, foldByViewer } from './fold-views.ts';
import { markFirstSeen } from './seen-events.ts';

type Trx = Transaction<ActivityTables>;

/**
 * One transaction of at most four statements, however many views. Each takes its rows in the order of their keys, and all
 * transactions take the tables in the same order, so concurrent calls wait for one another and never deadlock.
 */
export async function recordViews(
  db: Kysely<ActivityTables>,
  views: readonly View[],
  nowMs: number,
  call: Call,
): Promise<readonly ViewOutcome[]> {
  return db.transaction().execute(async (trx) => {
    const isFirst = await markFirstSeen(trx, views, nowMs, call);
    const counted = views.filter((_, index) => isFirst[index]);
    await addToTrends(trx, foldByProgram(counted), nowMs, call);
    await addToRecent(trx, foldByViewer(counted), call);
    return isFirst.map((first) => (first ? 'counted' : 'duplicate'));
  });
}

async function addToTrends(
  trx: Trx,
  programs: readonly ProgramViews[],
  nowMs: number,
  call: Call,
): Promise<void> {
  if (programs.length === 0) return;
  const rows = JSON.stringify(programs.map((program) => toTrendRow(program, nowMs)));
  await sql`
    insert into program_trends as stored (program_id, category, language, content_type, attributes_at,
      score_1h, score_24h, score_7d, total, confirmed_total, unconfirmed_since)
    select program_id, category, language, content_type, attributes_at, score_1h, score_24h, score_7d, total, 0, now_at
    from json_to_recordset(${rows}::json) as given (program_id text, category text, language text, content_type text,
      attributes_at timestamptz, score_1h double precision, score_24h double precision, score_7d double precision,
      total bigint, now_at timestamptz)
    on conflict (program_id) do update set
      category = case when ${isNewer} then excluded.category else stored.category end,
      language = case when ${isNewer} then excluded.language else stored.language end,
      content_type = case when ${isNewer} then excluded.content_type else stored.content_type end,
      attributes_at = greatest(excluded.attributes_at, stored.attributes_at),
      score_1h = ${addedScores('score_1h')},
      score_24h = ${addedScores('score_24h')},
      score_7d = ${addedScores('score_7d')},
      total = stored.total + excluded.total,
      unconfirmed_since = case when stored.total = stored.confirmed_total
        then excluded.unconfirmed_since else stored.unconfirmed_since end`.execute(trx, call);
}

const isNewer = sql`excluded.attributes_at >= stored.attributes_at`;

// The domain's `addScores`. Postgres raises an error where 2^-d underflows (d > 1074); at d = 1000 the term is lost in the
// rounding of the sum already.
function addedScores(column: 'score_1h' | 'score_24h' | 'score_7d') {
  const stored = sql.ref(`stored.${column}`);
  const given = sql.ref(`excluded.${column}`);
  return sql`greatest(${stored}, ${given})
    + ln(1 + power(2::double precision, -least(abs(${stored} - ${given}), 1000))) / ln(2::double precision)`;
}

function toTrendRow({ programId, attributes, newestMs, scores, count }: ProgramViews, nowMs: number) {
  return {
    program_id: programId,
    category: attributes.category,
    language: attributes.language,
    content_type: attributes.contentType,
    attributes_at: new Date(newestMs),
    score_1h: scores['1h'],
    score_24h: scores['24h'],
    score_7d: scores['7d'],
    total: count,
    now_at: new Date(nowMs),
  };
}

async function addToRecent(trx: Trx, views: readonly ViewerView[], call: Call): Promise<void> {
  if (views.length === 0) return;
  const rows = JSON.stringify(views.map(toRecentRow));
  await sql`
    insert into recent_views as stored (user_id, program_id, viewed_at, position_seconds)
    select user_id, program_id, viewed_at, position_seconds
    from json_to_recordset(${rows}::json)
      as given (user_id text, program_id text, viewed_at timestamptz, position_seconds double precision)
    on conflict (user_id, program_id) do update
    set viewed_at = excluded.viewed_at, position_seconds = excluded.position_seconds
    where (excluded.viewed_at, coalesce(excluded.position_seconds, -1))
      > (stored.viewed_at, coalesce(stored.position_seconds, -1))`.execute(trx, call);
  await dropOldest(trx, [...new Set(views.map(({ userId }) => userId))], call);
}

// A row that another transaction holds is passed over, since waiting for it could deadlock: the list is then longer than
// it should be until the viewer's next view, which is why readers count as well. Locking reads a row anew, so the time is
// compared again: a row that became new meanwhile stays.
async function dropOldest(trx: Trx, userIds: readonly string[], call: Call): Promise<void> {
  await sql`
    delete from recent_views where (user_id, program_id) in (
      select stored.user_id, stored.program_id
      from unnest(${userIds}::text[]) as viewer (user_id)
      cross join lateral (
        select program_id, viewed_at from recent_views
        where user_id = viewer.user_id
        order by viewed_at desc, program_id offset ${RECENT_VIEWS_KEPT}
      ) as old
      join recent_views as stored on stored.user_id = viewer.user_id
        and stored.program_id = old.program_id and stored.viewed_at = old.viewed_at
      for update of stored skip locked
    )`.execute(trx, call);
}

function toRecentRow({ userId, programId, viewedAtMs, positionSeconds }: ViewerView) {
  return {
    user_id: userId,
    program_id: programId,
    viewed_at: new Date(viewedAtMs),
    position_seconds: positionSeconds,
  };
}
