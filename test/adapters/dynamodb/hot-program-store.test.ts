import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { dynamodbDifferences } from '../../../src/adapters/dynamodb/differences.ts';
import { createDynamodbHotProgramStore } from '../../../src/adapters/dynamodb/hot-program-store.ts';
import { categoriesContract } from '../../contracts/hot-program-store/categories.contract.ts';
import { START_MS } from '../../contracts/hot-program-store/fixture.ts';
import { hotProgramStoreContract } from '../../contracts/hot-program-store/index.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describe('DynamoDB', () => {
  const dynamodb = useDynamodb();
  const withShards = (indexShards: number) => async () => {
    const { client, tables } = dynamodb();
    const clock = createFakeClock(START_MS);
    const ids = { next: randomUUID };
    const store = createDynamodbHotProgramStore({ client, table: tables.discovery, clock, ids, indexShards });
    return { store, clock, differences: dynamodbDifferences.hotProgramStore };
  };

  hotProgramStoreContract(withShards(4));
  describe('with the plain category as index key', () => categoriesContract(withShards(1)));
});
