import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { TrendWindow } from '../../../domain/discovery/trend-score.ts';
import { addScores, viewScore } from '../../../domain/discovery/trend-score.ts';
import type { View, ViewAttributes } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import { batchGet } from '../batch-get.ts';
import type { ActivityTable } from './activity-table.ts';
import { trendKey } from './item-keys.ts';

/** What is kept of a program. */
export interface ProgramTrend {
  readonly total: number;
  readonly scores: Readonly<Record<TrendWindow, number>>;
  readonly attributes: ViewAttributes;
  /** When the view happened that the attributes are of. */
  readonly attributesMs: number;
}

/** The names of a trend's attributes in the table. */
interface TrendItem extends ViewAttributes {
  readonly total: number;
  readonly score1h: number;
  readonly score24h: number;
  readonly score7d: number;
  readonly attributesAt: number;
}

export async function readTrend(
  { client, table }: ActivityTable,
  programId: string,
  call: Call,
): Promise<ProgramTrend | undefined> {
  const get = new GetCommand({ TableName: table, Key: trendKey(programId), ConsistentRead: true });
  const { Item } = await client.send(get, { abortSignal: call.signal });
  return Item === undefined ? undefined : fromItem(Item as TrendItem);
}

/** What is kept of each of the programs, `undefined` where nothing is; strongly consistent, a request for 100. */
export async function readTrends(
  table: ActivityTable,
  programIds: readonly string[],
  call: Call,
): Promise<ReadonlyMap<string, ProgramTrend | undefined>> {
  const keys = programIds.map(trendKey).map(({ pk, sk }) => ({ pk, sk }));
  const items = await batchGet(table, keys, call);
  const found = new Map(items.map((item) => [item.pk, fromItem(item as unknown as TrendItem)]));
  return new Map(programIds.map((programId) => [programId, found.get(trendKey(programId).pk)]));
}

function fromItem(item: TrendItem): ProgramTrend {
  return {
    total: item.total,
    scores: { '1h': item.score1h, '24h': item.score24h, '7d': item.score7d },
    attributes: { category: item.category, language: item.language, contentType: item.contentType },
    attributesMs: item.attributesAt,
  };
}

export function toTrendItem({ total, scores, attributes, attributesMs }: ProgramTrend): TrendItem {
  return {
    total,
    score1h: scores['1h'],
    score24h: scores['24h'],
    score7d: scores['7d'],
    category: attributes.category,
    language: attributes.language,
    contentType: attributes.contentType,
    attributesAt: attributesMs,
  };
}

/** `before` with one more view. */
export function withView(before: ProgramTrend | undefined, { attributes, occurredAt }: View): ProgramTrend {
  const atMs = occurredAt.getTime();
  const scoreOf = (window: TrendWindow): number => {
    const score = viewScore(window, atMs);
    return before === undefined ? score : addScores(before.scores[window], score);
  };
  const isNewer = before === undefined || atMs >= before.attributesMs;
  return {
    total: (before?.total ?? 0) + 1,
    scores: { '1h': scoreOf('1h'), '24h': scoreOf('24h'), '7d': scoreOf('7d') },
    attributes: isNewer ? attributes : before.attributes,
    attributesMs: isNewer ? atMs : before.attributesMs,
  };
}
