import { describe } from 'vitest';
import { dynamodbDifferences } from '../../../src/adapters/dynamodb/differences.ts';
import { createDynamodbSearchIndex } from '../../../src/adapters/dynamodb/search-index.ts';
import { searchIndexContract } from '../../contracts/search-index/index.ts';
import { useDynamodb } from '../../support/dynamodb.ts';

describe.each([1, 4])('DynamoDB SearchIndex with %i index shards', (indexShards) => {
  const dynamodb = useDynamodb();

  searchIndexContract(async () => {
    const { client, tables } = dynamodb();
    const index = createDynamodbSearchIndex({ client, table: tables.search, indexShards });
    return { index, differences: dynamodbDifferences.searchIndex };
  });
});
