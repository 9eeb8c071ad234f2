import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { View } from '../../../ports/activity-store.ts';
import { EVENT_MEMORY_MS } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import { untilDone } from '../retry.ts';
import { shardedKey } from '../shards.ts';
import type { ActivityTable } from './activity-table.ts';
import { eventKey, TREND_PARTITION, trendKey, UNCONFIRMED_PARTITION, viewKey } from './item-keys.ts';
import type { ProgramTrend } from './program-trend.ts';
import { toTrendItem } from './program-trend.ts';

/** The most actions of one transaction (API Reference, `TransactWriteItems`). */
export const MOST_ACTIONS = 100;

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One write of a transaction, and what it means that its condition does not hold. */
export interface Action {
  readonly item: TransactItem;
  readonly refusal: Refusal;
}

export type Refusal =
  /** The event was seen before. */
  | { readonly kind: 'seen'; readonly eventId: string }
  /** The viewer's list holds a newer view of the program. */
  | { readonly kind: 'newer'; readonly userId: string }
  /** Somebody else counted views of the program meanwhile. */
  | { readonly kind: 'grown' };

/** Remembers an event, unless it is remembered. */
export function rememberEvent({ table }: ActivityTable, eventId: string, nowMs: number): Action {
  const Put = {
    TableName: table,
    // `ttl` collects garbage only, so it is late rather than early: whether an event still counts is said by `seenAt`.
    Item: { ...eventKey(eventId), seenAt: nowMs, ttl: Math.ceil((nowMs + EVENT_MEMORY_MS) / 1000) + 1 },
    ConditionExpression: 'attribute_not_exists(#pk) OR #seenAt < :oldest',
    ExpressionAttributeNames: { '#pk': 'pk', '#seenAt': 'seenAt' },
    ExpressionAttributeValues: { ':oldest': nowMs - EVENT_MEMORY_MS },
  };
  return { item: { Put }, refusal: { kind: 'seen', eventId } };
}

/** Puts a view into its viewer's list, unless a newer one (at the same time: one as far) is there. */
export function listView({ table }: ActivityTable, view: View & { readonly userId: string }): Action {
  const { userId, programId, occurredAt, positionSeconds } = view;
  const viewedAt = occurredAt.getTime();
  const isFurther = '(#viewedAt = :at AND (attribute_not_exists(#position) OR #position < :position))';
  const hasPosition = positionSeconds !== undefined;
  const position = hasPosition ? storable(positionSeconds) : undefined;
  const Put = {
    TableName: table,
    Item: { ...viewKey(userId, programId), viewedAt, ...(hasPosition && { position }) },
    ConditionExpression: `attribute_not_exists(#pk) OR #viewedAt < :at${hasPosition ? ` OR ${isFurther}` : ''}`,
    ExpressionAttributeNames: {
      '#pk': 'pk',
      '#viewedAt': 'viewedAt',
      ...(hasPosition && { '#position': 'position' }),
    },
    ExpressionAttributeValues: { ':at': viewedAt, ...(hasPosition && { ':position': position }) },
  };
  return { item: { Put }, refusal: { kind: 'newer', userId } };
}

// Numbers nearer to zero than 1e-130 are refused (Developer Guide, "Supported data types").
function storable(seconds: number): number {
  return Math.abs(seconds) < 1e-100 ? 0 : seconds;
}

/**
 * Writes what a program has become, if it still is what it was: its total grows with each write. A total that begins to
 * wait does so from now on; `confirmTotals` may end that at any time, so it is decided where the item is.
 */
export function replaceTrend(
  { table, shards }: ActivityTable,
  programId: string,
  before: ProgramTrend | undefined,
  after: ProgramTrend,
  nowMs: number,
): Action {
  const set = {
    ...toTrendItem(after),
    trendShard: shardedKey(TREND_PARTITION, programId, shards),
    unconfirmedShard: shardedKey(UNCONFIRMED_PARTITION, programId, shards),
  };
  const names = Object.keys(set);
  const Update = {
    TableName: table,
    Key: trendKey(programId),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}, #unconfirmedSince = if_not_exists(#unconfirmedSince, :now)`,
    ConditionExpression: before === undefined ? 'attribute_not_exists(#total)' : '#total = :before',
    ExpressionAttributeNames: {
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
      '#unconfirmedSince': 'unconfirmedSince',
    },
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ':now': nowMs,
      ...(before !== undefined && { ':before': before.total }),
    },
  };
  return { item: { Update }, refusal: { kind: 'grown' } };
}

/**
 * Makes all writes, or none: then says which conditions did not hold. The token makes attempts one: what was applied and
 * only its answer lost, is not applied again (for 10 minutes; API Reference, `TransactWriteItems`).
 */
export async function transact(
  { client, ids, pause }: ActivityTable,
  actions: readonly Action[],
  call: Call,
): Promise<readonly Refusal[]> {
  const write = {
    TransactItems: actions.map(({ item }) => item),
    ClientRequestToken: ids.next(),
  };
  return untilDone(pause, call.signal, async () => {
    try {
      await client.send(new TransactWriteCommand(write), { abortSignal: call.signal });
      return [];
    } catch (error) {
      return refusalsOf(error, actions);
    }
  });
}

const TRANSIENT = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

// The SDK repeats neither of the two: it can not know why a transaction was cancelled.
function refusalsOf(error: unknown, actions: readonly Action[]): readonly Refusal[] | undefined {
  if (error instanceof Error && error.name === 'TransactionInProgressException') return undefined;
  if (!(error instanceof TransactionCanceledException)) throw error;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
  const refused = actions.filter((_, index) => codes[index] === 'ConditionalCheckFailed');
  if (refused.length > 0) return refused.map(({ refusal }) => refusal);
  if (codes.some((code) => TRANSIENT.has(code))) return undefined;
  throw error;
}
