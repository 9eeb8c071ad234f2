import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { createDynamodbSearchIndex } from '../../../src/adapters/dynamodb/search-index.ts';
import { StoreThrottled } from '../../../src/domain/errors.ts';
import { aCall } from '../../support/call.ts';

/** Rows of a partition that a query looked at, page by page; its filter lets none of them through. */
function aClientWithRows(count: number) {
  const limits: number[] = [];
  let left = count;
  const send = ({ input: { Limit } }: { readonly input: { readonly Limit: number } }) => {
    limits.push(Limit);
    left -= Limit;
    return Promise.resolve({
      Items: [],
      ...(left > 0 && { LastEvaluatedKey: { contentId: `row-${left}` } }),
    });
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, limits };
}

const NO_MATCH = { filter: { category: 'drama', language: 'eo' }, limit: 20 } as const;

it('a batch of which nothing is ever processed ends as throttled, after growing pauses', async () => {
  const pauses: number[] = [];
  const send = async ({ input }: { readonly input: { readonly RequestItems: unknown } }) => ({
    UnprocessedKeys: input.RequestItems,
  });
  const index = createDynamodbSearchIndex({
    client: { send } as unknown as DynamoDBDocumentClient,
    table: 'search',
    indexShards: 1,
    pause: async (attempt) => void pauses.push(attempt),
  });
  await expect(index.getMany(['a', 'b'], aCall())).rejects.toBeInstanceOf(StoreThrottled);
  expect(pauses).toEqual(Array.from(pauses, (_, attempt) => attempt));
  expect(pauses.length).toBeGreaterThan(5);
});

it('a list whose filter few documents pass takes larger and larger pages', async () => {
  const { client, limits } = aClientWithRows(10_000);
  const index = createDynamodbSearchIndex({ client, table: 'search', indexShards: 1 });
  expect(await index.list(NO_MATCH, aCall())).toEqual({ items: [], next: undefined });
  expect(limits.length).toBeLessThan(20);
});
