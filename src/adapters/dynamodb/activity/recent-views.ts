import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Page } from '../../../domain/page.ts';
import { compareText } from '../../../domain/text.ts';
import type { RecentPosition, RecentView } from '../../../ports/activity-store.ts';
import { RECENT_VIEWS_KEPT } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import { forEachAtOnce } from '../for-each-at-once.ts';
import { unlessConflict, untilDone } from '../retry.ts';
import type { ActivityTable } from './activity-table.ts';
import { deleteMany } from './delete-many.ts';
import type { ItemKey } from './item-keys.ts';
import { programIdOfView, viewerPartition, viewKey } from './item-keys.ts';

interface ViewItem extends ItemKey {
  readonly viewedAt: number;
  readonly position?: number;
}

/**
 * A page of a viewer's list. The list is read whole and put in order here: 200 programs are about 6 read units, while an
 * index by time would cost 1 to 2 write units with every view.
 */
export async function recentlyViewed(
  table: ActivityTable,
  userId: string,
  limit: number,
  after: RecentPosition | undefined,
  call: Call,
): Promise<Page<RecentView, RecentPosition>> {
  const kept = (await readList(table, userId, call)).slice(0, RECENT_VIEWS_KEPT);
  const rest = after === undefined ? kept : kept.filter((item) => isAfter(item, after));
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const isEnd = rest.length <= limit || last === undefined;
  return { items: shown.map(toView), next: isEnd ? undefined : [last.viewedAt, programIdOfView(last)] };
}

export async function forgetRecentlyViewed(
  table: ActivityTable,
  userId: string,
  programId: string | undefined,
  call: Call,
): Promise<void> {
  const list = await readList(table, userId, call);
  if (programId === undefined) return deleteMany(table, list, call);
  // What is beyond the cap would be in the list again.
  await deleteUnlessNewer(table, list.slice(RECENT_VIEWS_KEPT), call);
  await deleteMany(table, [viewKey(userId, programId)], call);
}

/** Deletes what is beyond the cap. */
export async function trimList(table: ActivityTable, userId: string, call: Call): Promise<void> {
  const list = await readList(table, userId, call);
  await deleteUnlessNewer(table, list.slice(RECENT_VIEWS_KEPT), call);
}

/** A viewer's list as it is stored, newest first. */
async function readList(
  { client, table }: ActivityTable,
  userId: string,
  call: Call,
): Promise<readonly ViewItem[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :viewer',
      ExpressionAttributeNames: { '#pk': 'pk' },
      ExpressionAttributeValues: { ':viewer': viewerPartition(userId) },
    },
    { abortSignal: call.signal },
  );
  const items: ViewItem[] = [];
  for await (const { Items = [] } of pages) items.push(...(Items as ViewItem[]));
  return items.sort(newestFirst);
}

const DELETES_AT_ONCE = 8;

async function deleteUnlessNewer(
  table: ActivityTable,
  items: readonly ViewItem[],
  call: Call,
): Promise<void> {
  await forEachAtOnce(DELETES_AT_ONCE, items, call, (item) => deleteItem(table, item, call));
}

// A program that was viewed meanwhile is new in the list and stays.
async function deleteItem({ client, table, pause }: ActivityTable, item: ViewItem, call: Call) {
  const remove = new DeleteCommand({
    TableName: table,
    Key: { pk: item.pk, sk: item.sk },
    ConditionExpression: '#viewedAt = :at',
    ExpressionAttributeNames: { '#viewedAt': 'viewedAt' },
    ExpressionAttributeValues: { ':at': item.viewedAt },
  });
  try {
    await untilDone(pause, call.signal, () =>
      unlessConflict(() => client.send(remove, { abortSignal: call.signal })),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

function newestFirst(a: ViewItem, b: ViewItem): number {
  return b.viewedAt - a.viewedAt || compareText(programIdOfView(a), programIdOfView(b));
}

function isAfter(item: ViewItem, [viewedAtMs, programId]: RecentPosition): boolean {
  if (item.viewedAt !== viewedAtMs) return item.viewedAt < viewedAtMs;
  return compareText(programIdOfView(item), programId) > 0;
}

function toView(item: ViewItem): RecentView {
  return {
    programId: programIdOfView(item),
    viewedAt: new Date(item.viewedAt),
    positionSeconds: item.position ?? null,
  };
}
