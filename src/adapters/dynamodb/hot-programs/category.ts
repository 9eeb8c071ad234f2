import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Page } from '../../../domain/page.ts';
import type { ProgramCard } from '../../../domain/program/program-card.ts';
import { comparePositions } from '../../../domain/program/program-query.ts';
import type { Call } from '../../../ports/call.ts';
import type { CategoryPosition } from '../../../ports/hot-program-store.ts';
import { firstOfMerged } from '../merge-sorted.ts';
import { nextPageSize } from '../page-size.ts';
import { shardKeys } from '../shards.ts';
import { storableScore } from '../storable-score.ts';
import type { Item } from './attributes.ts';
import { number, text } from './attributes.ts';
import type { HotTable } from './hot-table.ts';
import { toIndexedCard } from './program-item.ts';

interface CategoryQuery {
  readonly category: string;
  readonly limit: number;
  readonly after: CategoryPosition | undefined;
}

/** A page of a category: its shards in the index, merged. */
export async function topByCategory(
  on: HotTable,
  query: CategoryQuery,
  call: Call,
): Promise<Page<ProgramCard, CategoryPosition>> {
  const shards = shardKeys(query.category, on.indexShards);
  const sources = shards.map((key) => inOrder(cardsOfShard(on, key, query, call)));
  const found = await firstOfMerged(sources, query.limit + 1, compareRanks);
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, next: found.length > query.limit && last !== undefined ? rankOf(last) : undefined };
}

/** The index has no stated order for items of one score (Developer Guide, "Query"), so all of them are read before the first goes on. */
async function* inOrder(cards: AsyncIterable<ProgramCard>): AsyncGenerator<ProgramCard> {
  let ties: ProgramCard[] = [];
  for await (const card of cards) {
    if (ties[0] !== undefined && keyOf(ties[0]) !== keyOf(card)) {
      yield* ties.sort(compareRanks);
      ties = [];
    }
    ties.push(card);
  }
  yield* ties.sort(compareRanks);
}

/** The cards of a shard past the position, highest score first. One whose score falls while it is read comes once. */
async function* cardsOfShard(
  on: HotTable,
  shardKey: string,
  query: CategoryQuery,
  call: Call,
): AsyncGenerator<ProgramCard> {
  const { limit, after } = query;
  const seen = new Set<string>();
  let from: Record<string, NonNullable<Item[string]>> | undefined;
  let pageSize = firstPageSize(limit, on.indexShards);
  do {
    const command = new QueryCommand({
      ...expressions(shardKey, after, on.clock.now()),
      TableName: on.table,
      Limit: pageSize,
      ExclusiveStartKey: from,
    });
    const { Items = [], LastEvaluatedKey } = await on.client.send(command, { abortSignal: call.signal });
    for (const card of Items.flatMap((item) => toIndexedCard(item) ?? [])) {
      if (seen.has(card.programId) || (after !== undefined && !isPast(card, after))) continue;
      seen.add(card.programId);
      yield card;
    }
    from = LastEvaluatedKey;
    // Many ties, or many that have expired: fewer and fewer round trips, and never twice what is needed.
    pageSize = nextPageSize(pageSize);
  } while (from !== undefined);
}

/**
 * A shard's share of a page and two standard deviations, so that one query is mostly enough; and two cards more, which show
 * that the ties before them are complete.
 */
function firstPageSize(limit: number, shards: number): number {
  const share = (limit + 1) / shards;
  return Math.ceil(share + (shards > 1 ? 2 * Math.sqrt(share) : 0)) + 2;
}

function expressions(shardKey: string, after: CategoryPosition | undefined, nowMs: number) {
  const fromScore = after === undefined ? '' : ' AND #score <= :score';
  return {
    IndexName: 'CategoryIndex',
    ScanIndexForward: false,
    KeyConditionExpression: `#category = :category${fromScore}`,
    FilterExpression: 'attribute_not_exists(#expiresAt) OR #expiresAt > :now',
    ExpressionAttributeNames: {
      '#category': 'category',
      '#expiresAt': 'expiresAt',
      ...(after !== undefined && { '#score': 'popularityScore' }),
    },
    ExpressionAttributeValues: {
      ':category': text(shardKey),
      ':now': number(nowMs),
      ...(after !== undefined && { ':score': number(storableScore(after[0])) }),
    },
  };
}

function keyOf(card: ProgramCard): number {
  return storableScore(card.popularityScore);
}

function rankOf(card: ProgramCard): CategoryPosition {
  return [card.popularityScore, card.programId];
}

function compareRanks(a: ProgramCard, b: ProgramCard): number {
  return comparePositions('-popularityScore', rankOf(a), rankOf(b));
}

function isPast(card: ProgramCard, after: CategoryPosition): boolean {
  return comparePositions('-popularityScore', rankOf(card), after) > 0;
}
