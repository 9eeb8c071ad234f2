import type { TrendWindow } from '../../../domain/discovery/trend-score.ts';
import { compareText } from '../../../domain/text.ts';
import type { ViewAttributes } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import { firstOfMerged } from '../merge-sorted.ts';
import { shardKeys } from '../shards.ts';
import type { ActivityTable } from './activity-table.ts';
import { indexPages } from './index-pages.ts';
import type { ItemKey } from './item-keys.ts';
import { programIdOfTrend, TREND_PARTITION } from './item-keys.ts';

/** A program as the index of a window carries it. */
export interface TrendRow extends ViewAttributes {
  readonly programId: string;
  readonly score: number;
}

const INDEXES = {
  '1h': { index: 'Trend1hIndex', score: 'score1h' },
  '24h': { index: 'Trend24hIndex', score: 'score24h' },
  '7d': { index: 'Trend7dIndex', score: 'score7d' },
} as const;

interface TopRows {
  readonly window: TrendWindow;
  readonly limit: number;
  /** Says which rows are ranked. */
  readonly matches: (row: TrendRow) => boolean;
  /** Gives up when more rows than that would have to be looked at. */
  readonly mostRows: number;
}

/** What is left of `mostRows`, for all partitions together. */
interface Budget {
  rows: number;
}

/**
 * The first of the programs that match: highest score first, ties by id; `undefined` when it gave up. An index follows its
 * table after a moment: it may lack the last views, and a program that moves meanwhile may be passed over.
 */
export async function topRows(
  table: ActivityTable,
  query: TopRows,
  call: Call,
): Promise<readonly TrendRow[] | undefined> {
  const partitions = shardKeys(TREND_PARTITION, table.shards);
  const budget = { rows: query.mostRows };
  const sources = partitions.map((partition) => rankedRows(table, partition, query, budget, call));
  const rows = await firstOfMerged(sources, query.limit, byRank);
  return budget.rows < 0 ? undefined : rows;
}

function byRank(a: TrendRow, b: TrendRow): number {
  return b.score - a.score || compareText(a.programId, b.programId);
}

/** A partition in the order of the whole list: rows of one score are held back until all of them are there. */
async function* rankedRows(
  table: ActivityTable,
  partition: string,
  query: TopRows,
  budget: Budget,
  call: Call,
): AsyncGenerator<TrendRow> {
  let ties: TrendRow[] = [];
  for await (const row of rowsOf(table, partition, query, call)) {
    budget.rows -= 1;
    if (budget.rows < 0) return;
    if (ties[0] !== undefined && ties[0].score !== row.score) {
      yield* ties.sort(byRank);
      ties = [];
    }
    if (query.matches(row)) ties.push(row);
  }
  yield* ties.sort(byRank);
}

async function* rowsOf(
  table: ActivityTable,
  partition: string,
  { window, limit }: TopRows,
  call: Call,
): AsyncGenerator<TrendRow> {
  const { index, score } = INDEXES[window];
  const expected = Math.ceil((1.5 * limit) / table.shards);
  const range = { index, key: 'trendShard', value: partition, order: 'descending', expected } as const;
  // A program that moves between two pages is in both.
  const met = new Set<string>();
  for await (const page of indexPages<IndexItem>(table, range, call)) {
    for (const item of page) {
      if (met.has(item.pk)) continue;
      met.add(item.pk);
      yield toRow(item, Number(item[score]));
    }
  }
}

/** Each index carries its own score only. */
type IndexItem = ItemKey & ViewAttributes & Partial<Record<'score1h' | 'score24h' | 'score7d', number>>;

function toRow(item: IndexItem, score: number): TrendRow {
  const { category, language, contentType } = item;
  return { programId: programIdOfTrend(item), score, category, language, contentType };
}
