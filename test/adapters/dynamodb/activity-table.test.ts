import { randomUUID } from 'node:crypto';
import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { createDynamodbActivityStore } from '../../../src/adapters/dynamodb/activity-store.ts';
import { declareTables } from '../../../src/adapters/dynamodb/tables.ts';
import { viewScore } from '../../../src/domain/discovery/trend-score.ts';
import { RECENT_VIEWS_KEPT } from '../../../src/ports/activity-store.ts';
import { at, aView, readRecent, readUnconfirmed, START_MS } from '../../contracts/activity-store/fixture.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { freshTable } from '../../support/fresh-table.ts';

const SHARDS = 2;

/** What is particular to how the activity table is laid out. */
describe('DynamoDB ActivityStore, the table', () => {
  const dynamodb = useDynamodb();

  async function emptyStores(count = 1) {
    const { client, tables } = dynamodb();
    await freshTable(client, declareTables(tables).activity);
    const clock = createFakeClock(START_MS);
    const ids = { next: randomUUID };
    const stores = Array.from({ length: count }, () =>
      createDynamodbActivityStore({ client, table: tables.activity, clock, ids, indexShards: SHARDS }),
    );
    const [store = expect.unreachable()] = stores;
    return { client, table: tables.activity, clock, store, stores };
  }

  /** Programs that were viewed once at a moment, without the transactions. */
  async function putPrograms(
    table: string,
    count: number,
    ageOf: (index: number) => number,
    category: string,
  ) {
    const items = Array.from({ length: count }, (_, index) => ({
      pk: `PROGRAM#${category}-${String(index).padStart(5, '0')}`,
      sk: 'TREND',
      total: 1,
      score1h: viewScore('1h', START_MS - ageOf(index)),
      trendShard: `trend#${index % SHARDS}`,
      category,
      language: 'en',
      contentType: 'movie',
    }));
    await putItems(table, items);
  }

  async function putItems(table: string, items: readonly Record<string, unknown>[]) {
    for (let from = 0; from < items.length; from += 25) {
      const requests = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      await dynamodb().client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    }
  }

  test('instances that count views of one program at once lose and repeat nothing', async () => {
    const { stores, store } = await emptyStores(4);
    const views = Array.from({ length: 60 }, () => aView({ programId: 'p', eventId: anId('e') }));
    const outcomes = await Promise.all(
      stores.flatMap((instance) => views.map((view) => instance.recordViews([view], aCall()))),
    );
    expect(outcomes.flat().filter((outcome) => outcome === 'counted')).toHaveLength(60);
    expect(await readUnconfirmed(store)).toEqual(new Map([['p', 60]]));
    const [trend] = await store.trending({ window: '1h', filter: {}, limit: 1 }, aCall());
    expect(trend?.score).toBeCloseTo(60, 9);
  });

  test('instances are one source; a table that was made again is another', async () => {
    const { stores, store } = await emptyStores(2);
    const sourcesOf = async () => {
      const answers = await Promise.all(stores.map((each) => each.unconfirmedTotals(1, aCall())));
      return new Set(answers.map(({ source }) => source));
    };
    const before = await sourcesOf();
    expect(before.size).toBe(1);
    await freshTable(dynamodb().client, declareTables(dynamodb().tables).activity);
    expect(before.has((await store.unconfirmedTotals(1, aCall())).source)).toBe(false);
  });

  test('more views of one program than a transaction takes', async () => {
    const { store } = await emptyStores();
    const views = Array.from({ length: 230 }, (_, index) =>
      aView({ programId: 'p', eventId: anId('e'), userId: `u-${index}` }),
    );
    expect(new Set(await store.recordViews([...views, ...views], aCall()))).toEqual(
      new Set(['counted', 'duplicate']),
    );
    expect(await readUnconfirmed(store)).toEqual(new Map([['p', 230]]));
    expect(await readRecent(store, 'u-229')).toHaveLength(1);
  });

  test('viewers and events of any length and any text', async () => {
    const { store } = await emptyStores();
    const texts = ['\ud800', '\ud801', '\u{fffd}', 'x'.repeat(1024), 'x'.repeat(1025), 'x'.repeat(9000), ''];
    for (const text of texts) {
      const view = aView({ programId: 'p', userId: text, eventId: text });
      expect(await store.recordViews([view, view], aCall())).toEqual(['counted', 'duplicate']);
    }
    for (const text of texts) expect(await readRecent(store, text)).toHaveLength(1);
    expect(await readUnconfirmed(store)).toEqual(new Map([['p', texts.length]]));
  });

  test('positions nearer to zero than numbers of the table', async () => {
    const { store } = await emptyStores();
    const userId = anId('u');
    await store.recordViews([aView({ userId, positionSeconds: Number.MIN_VALUE })], aCall());
    expect((await readRecent(store, userId))[0]?.positionSeconds).toBe(0);
  });

  test('programs of one score over many pages and partitions are in the order of their ids', async () => {
    const { store, table } = await emptyStores();
    await putPrograms(table, 300, () => 0, 'drama');
    const trends = await store.trending({ window: '1h', filter: {}, limit: 7 }, aCall());
    expect(trends.map(({ programId }) => programId)).toEqual(
      Array.from({ length: 7 }, (_, index) => `drama-0000${index}`),
    );
  });

  test('a filter that few programs pass finds them all, and is answered from memory for ten seconds', async () => {
    const { store, table, clock } = await emptyStores();
    await putPrograms(table, 1200, (index) => index, 'drama');
    await putPrograms(table, 3, (index) => 5000 + index, 'news');
    const newsOf = async (limit: number) => {
      const trends = await store.trending({ window: '1h', filter: { category: 'news' }, limit }, aCall());
      return trends.map(({ programId }) => programId);
    };
    expect(await newsOf(20)).toEqual(['news-00000', 'news-00001', 'news-00002']);
    expect(await newsOf(2)).toEqual(['news-00000', 'news-00001']);
    await putPrograms(table, 4, (index) => 5000 + index, 'news');
    clock.advance(9999);
    expect(await newsOf(20)).toHaveLength(3);
    clock.advance(1);
    expect(await newsOf(20)).toHaveLength(4);
    const categories = await store.trendingCategories('1h', 10, aCall());
    expect(categories.map(({ category }) => category)).toEqual(['drama', 'news']);
  });

  test('a list that is never read is trimmed by its views', async () => {
    const { store, client, table } = await emptyStores();
    const items = Array.from({ length: 400 }, (_, index) => ({
      pk: 'USER#u',
      sk: `VIEW#p-${index}`,
      viewedAt: START_MS - index,
    }));
    await putItems(table, items);
    const views = Array.from({ length: 64 }, (_, index) =>
      aView({ userId: 'u', programId: 'p', occurredAt: at(index) }),
    );
    await store.recordViews(views, aCall());
    const query = new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :viewer',
      ExpressionAttributeValues: { ':viewer': 'USER#u' },
      Select: 'COUNT',
    });
    await vi.waitFor(async () => expect((await client.send(query)).Count).toBe(RECENT_VIEWS_KEPT), 5000);
    const list = await readRecent(store, 'u');
    expect([list.length, list[0]?.programId, list.at(-1)?.programId]).toEqual([200, 'p', 'p-198']);
  });
});
