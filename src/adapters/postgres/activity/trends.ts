import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { TrendWindow } from '../../../domain/discovery/trend-score.ts';
import { decayedViews } from '../../../domain/discovery/trend-score.ts';
import type { CategoryTrend, Trend, TrendQuery } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ActivityTables } from '../migrations/0003-activity.ts';

type Db = Kysely<ActivityTables>;

export async function trending(
  db: Db,
  { window, filter, limit }: TrendQuery,
  nowMs: number,
  call: Call,
): Promise<readonly Trend[]> {
  const column = `score_${window}` as const;
  let query = db.selectFrom('program_trends').select(['program_id', `${column} as score`]);
  if (filter.category !== undefined) query = query.where('category', '=', filter.category);
  if (filter.language !== undefined) query = query.where('language', '=', filter.language);
  if (filter.contentType !== undefined) query = query.where('content_type', '=', filter.contentType);
  const rows = await query.orderBy(column, 'desc').orderBy('program_id').limit(limit).execute(call);
  return rows.map((row) => ({ programId: row.program_id, score: decayedViews(window, row.score, nowMs) }));
}

// Scores are added as logarithms, relative to the category's highest: so they can neither overflow nor underflow, and
// categories that nobody viewed for years still have an order. The floor of -1000 is as in the sum of two scores.
export async function trendingCategories(
  db: Db,
  window: TrendWindow,
  limit: number,
  nowMs: number,
  call: Call,
): Promise<readonly CategoryTrend[]> {
  const { rows } = await sql<{ category: string; total: number }>`
    select category,
      top + ln(sum(power(2::double precision, greatest(score - top, -1000)))) / ln(2::double precision) as total
    from (
      select category, ${sql.ref(`score_${window}`)} as score,
        max(${sql.ref(`score_${window}`)}) over (partition by category) as top
      from program_trends
    ) as scored
    group by category, top
    order by total desc, category
    limit ${limit}`.execute(db, call);
  return rows.map(({ category, total }) => ({ category, score: decayedViews(window, total, nowMs) }));
}
