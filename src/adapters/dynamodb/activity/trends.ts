import { addScores, decayedViews } from '../../../domain/discovery/trend-score.ts';
import { compareText } from '../../../domain/text.ts';
import type { ActivityStore, TrendQuery } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ActivityTable } from './activity-table.ts';
import { createTrendMemory } from './trend-memory.ts';
import type { TrendRow } from './trend-rows.ts';
import { topRows } from './trend-rows.ts';

/**
 * How many rows a filtered list looks through by itself, about 20 read units. A filter that few programs pass would read the
 * whole index with every call: it is answered from the remembered window.
 */
const FILTERED_ROWS = 1000;

/** Makes the reads of trends. */
export function createTrends(table: ActivityTable): Pick<ActivityStore, 'trending' | 'trendingCategories'> {
  const allRows = createTrendMemory(table);

  async function ranked({ window, filter, limit }: TrendQuery, call: Call): Promise<readonly TrendRow[]> {
    const isFiltered = Object.values(filter).some((value) => value !== undefined);
    const mostRows = isFiltered ? FILTERED_ROWS : Number.POSITIVE_INFINITY;
    const isWanted = (row: TrendRow) => matches(row, filter);
    const rows = await topRows(table, { window, limit, matches: isWanted, mostRows }, call);
    return rows ?? (await allRows(window)).filter(isWanted).slice(0, limit);
  }

  return {
    async trending(query, call) {
      const rows = await ranked(query, call);
      const nowMs = table.clock.now();
      return rows.map(({ programId, score }) => ({
        programId,
        score: decayedViews(query.window, score, nowMs),
      }));
    },

    async trendingCategories(window, limit) {
      const sums = scoreByCategory(await allRows(window));
      const nowMs = table.clock.now();
      return [...sums]
        .sort(([a, aScore], [b, bScore]) => bScore - aScore || compareText(a, b))
        .slice(0, limit)
        .map(([category, score]) => ({ category, score: decayedViews(window, score, nowMs) }));
    },
  };
}

function matches(row: TrendRow, { category, language, contentType }: TrendQuery['filter']): boolean {
  return (
    (category === undefined || row.category === category) &&
    (language === undefined || row.language === language) &&
    (contentType === undefined || row.contentType === contentType)
  );
}

// Added as logarithms: so categories that nobody viewed for years still have an order.
function scoreByCategory(rows: readonly TrendRow[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { category, score } of rows) {
    sums.set(category, addScores(sums.get(category) ?? Number.NEGATIVE_INFINITY, score));
  }
  return sums;
}
