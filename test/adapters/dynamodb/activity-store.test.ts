import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { createDynamodbActivityStore } from '../../../src/adapters/dynamodb/activity-store.ts';
import { dynamodbDifferences } from '../../../src/adapters/dynamodb/differences.ts';
import { declareTables } from '../../../src/adapters/dynamodb/tables.ts';
import { START_MS } from '../../contracts/activity-store/fixture.ts';
import { activityStoreContract } from '../../contracts/activity-store/index.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { freshTable } from '../../support/fresh-table.ts';

describe('DynamoDB ActivityStore', () => {
  const dynamodb = useDynamodb();

  async function emptyStore() {
    const { client, tables } = dynamodb();
    await freshTable(client, declareTables(tables).activity);
    const clock = createFakeClock(START_MS);
    const restart = () =>
      createDynamodbActivityStore({
        client,
        table: tables.activity,
        clock,
        ids: { next: randomUUID },
        indexShards: 3,
      });
    return { clock, store: restart(), restart, differences: dynamodbDifferences.activityStore };
  }

  activityStoreContract(emptyStore);
});
