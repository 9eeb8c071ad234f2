import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { declareTables } from '../../src/adapters/dynamodb/tables.ts';
import { openTestDynamodb, useDynamodb } from './dynamodb.ts';
import { startTcpProxy } from './tcp-proxy/tcp-proxy.ts';

describe('the tables of a test file', () => {
  const dynamodb = useDynamodb();

  it('hold items', async () => {
    const { client, tables } = dynamodb();
    const Item = { key: 'a', count: 1 };
    await client.send(new PutCommand({ TableName: tables.rateLimits, Item }));
    const found = await client.send(new GetCommand({ TableName: tables.rateLimits, Key: { key: 'a' } }));
    expect(found.Item).toEqual(Item);
  });

  it('have the indexes and the time to live that are declared', async () => {
    const { client, tables } = dynamodb();
    for (const table of Object.values(declareTables(tables))) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: table.name }));
      const indexes = Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName) ?? [];
      expect(indexes.toSorted()).toEqual(table.indexes.map((index) => index.name).toSorted());
      const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: table.name }));
      expect(ttl.TimeToLiveDescription?.AttributeName).toBe(table.ttlAttribute);
    }
  });

  it('keep what was written although a proxy loses the answer', async () => {
    const { client, tables, endpoint, region } = dynamodb();
    const proxy = await startTcpProxy(endpoint);
    const faraway = openTestDynamodb(proxy.url, region);
    await proxy.set({ kind: 'cut-after-request' });
    const Item = { key: 'lost', count: 1 };
    await expect(faraway.send(new PutCommand({ TableName: tables.rateLimits, Item }))).rejects.toThrow();
    const found = await client.send(new GetCommand({ TableName: tables.rateLimits, Key: { key: 'lost' } }));
    expect(found.Item).toEqual(Item);
    faraway.destroy();
    await proxy.close();
  });
});
