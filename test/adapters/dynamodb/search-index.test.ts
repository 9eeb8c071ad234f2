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
    // A call takes 100. Shards change the keys of lists alone, so the crowd comes once, to the default.
    return { index, differences: dynamodbDifferences.searchIndex, many: indexShards === 1 ? 201 : 1_201 };
  });
});
