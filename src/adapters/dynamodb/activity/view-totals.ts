import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ActivityStore } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ViewTotal } from '../../../ports/program-catalog.ts';
import { batchGet } from '../batch-get.ts';
import { forEachAtOnce } from '../for-each-at-once.ts';
import { firstOfMerged } from '../merge-sorted.ts';
import { unlessConflict, untilDone } from '../retry.ts';
import { shardKeys } from '../shards.ts';
import type { ActivityTable } from './activity-table.ts';
import { indexPages } from './index-pages.ts';
import type { ItemKey } from './item-keys.ts';
import { programIdOfTrend, SOURCE_KEY, trendKey, UNCONFIRMED_PARTITION } from './item-keys.ts';

type Unconfirmed = Awaited<ReturnType<ActivityStore['unconfirmedTotals']>>;

interface Waiting extends ViewTotal {
  readonly sinceMs: number;
}

/**
 * Totals that wait, those that wait longest first. The index names the programs and no more: with the totals in it each view
 * would write it too, and it may be behind. What it names is read from the table, strongly consistent.
 */
export async function unconfirmedTotals(
  table: ActivityTable,
  limit: number,
  call: Call,
): Promise<Unconfirmed> {
  const source = await sourceOf(table, call);
  const partitions = shardKeys(UNCONFIRMED_PARTITION, table.shards);
  const sources = partitions.map((partition) => waitingTotals(table, partition, limit, call));
  const waiting = await firstOfMerged(sources, limit, (a, b) => a.sinceMs - b.sinceMs);
  return { source, totals: waiting.map(({ programId, total }) => ({ programId, total })) };
}

async function* waitingTotals(
  table: ActivityTable,
  partition: string,
  limit: number,
  call: Call,
): AsyncGenerator<Waiting> {
  const range = {
    index: 'UnconfirmedIndex',
    key: 'unconfirmedShard',
    value: partition,
    order: 'ascending',
    expected: Math.ceil((1.5 * limit) / table.shards),
  } as const;
  const met = new Set<string>();
  for await (const page of indexPages<IndexRow>(table, range, call)) {
    const rows = page.filter(({ pk }) => !met.has(pk));
    for (const { pk } of rows) met.add(pk);
    yield* await stillWaiting(table, rows, call);
  }
}

interface IndexRow extends ItemKey {
  readonly unconfirmedSince: number;
}

/** Those of the rows that the table confirms, with the totals that they have by now. */
async function stillWaiting(
  table: ActivityTable,
  rows: readonly IndexRow[],
  call: Call,
): Promise<readonly Waiting[]> {
  const keys = rows.map(({ pk, sk }) => ({ pk, sk }));
  const items = await batchGet(table, keys, call);
  const found = new Map(items.map((item) => [item.pk, item]));
  return rows.flatMap((row) => {
    const item = found.get(row.pk);
    if (item?.unconfirmedSince === undefined) return [];
    return [{ programId: programIdOfTrend(row), total: Number(item.total), sinceMs: row.unconfirmedSince }];
  });
}

/** Read anew each time: a table that was made again under the same name is another source. */
async function sourceOf({ client, table, ids }: ActivityTable, call: Call): Promise<string> {
  const get = new GetCommand({ TableName: table, Key: SOURCE_KEY, ConsistentRead: true });
  const { Item } = await client.send(get, { abortSignal: call.signal });
  if (Item !== undefined) return String(Item.source);
  const name = new UpdateCommand({
    TableName: table,
    Key: SOURCE_KEY,
    UpdateExpression: 'SET #source = if_not_exists(#source, :new)',
    ExpressionAttributeNames: { '#source': 'source' },
    ExpressionAttributeValues: { ':new': `dynamodb:${ids.next()}` },
    ReturnValues: 'ALL_NEW',
  });
  const { Attributes } = await client.send(name, { abortSignal: call.signal });
  return String(Attributes?.source);
}

const CONFIRMS_AT_ONCE = 16;

export async function confirmTotals(
  table: ActivityTable,
  totals: readonly ViewTotal[],
  call: Call,
): Promise<void> {
  const highest = new Map<string, number>();
  for (const { programId, total } of totals) {
    highest.set(programId, Math.max(total, highest.get(programId) ?? total));
  }
  await forEachAtOnce(CONFIRMS_AT_ONCE, [...highest], call, ([programId, total]) =>
    confirmTotal(table, programId, total, call),
  );
}

/** Ends the waiting of a total that is no higher than what arrived; a higher one waits from now on, behind the others. */
async function confirmTotal(
  table: ActivityTable,
  programId: string,
  total: number,
  call: Call,
): Promise<void> {
  const end = {
    UpdateExpression: 'REMOVE #unconfirmedShard, #unconfirmedSince',
    ConditionExpression: '#total <= :arrived',
    ExpressionAttributeNames: {
      '#unconfirmedShard': 'unconfirmedShard',
      '#unconfirmedSince': 'unconfirmedSince',
      '#total': 'total',
    },
    ExpressionAttributeValues: { ':arrived': total },
  };
  if ((await update(table, programId, end, call)) !== 'still waiting') return;
  const goBehind = {
    UpdateExpression: 'SET #unconfirmedSince = :now',
    ConditionExpression: 'attribute_exists(#unconfirmedSince)',
    ExpressionAttributeNames: { '#unconfirmedSince': 'unconfirmedSince' },
    ExpressionAttributeValues: { ':now': table.clock.now() },
  };
  await update(table, programId, goBehind, call);
}

interface Change {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, number>;
}

async function update(
  { client, table, pause }: ActivityTable,
  programId: string,
  change: Change,
  call: Call,
): Promise<'done' | 'still waiting' | 'nothing waits'> {
  const command = new UpdateCommand({
    TableName: table,
    Key: trendKey(programId),
    ...change,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await untilDone(pause, call.signal, () =>
      unlessConflict(() => client.send(command, { abortSignal: call.signal })),
    );
    return 'done';
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The document client leaves an error's item as the service wrote it; which attributes it has can be told all the same.
    return error.Item?.unconfirmedSince === undefined ? 'nothing waits' : 'still waiting';
  }
}
