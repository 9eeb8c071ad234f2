import { vi } from 'vitest';
import { createDynamodbCounterStore } from '../../../src/adapters/dynamodb/counter-store.ts';
import { dynamodbDifferences } from '../../../src/adapters/dynamodb/differences.ts';
import { counterStoreContract } from '../../contracts/counter-store/index.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const dynamodb = useDynamodb();
// Some promises take thousands of calls one after another.
vi.setConfig({ testTimeout: 60_000 });

counterStoreContract(async () => {
  const { client, tables } = dynamodb();
  // In the future: DynamoDB deletes by its own clock what has expired.
  const clock = createFakeClock(Date.UTC(2100, 0, 15, 12));
  // As many counters as a test has, many times over: room for the service's 50,000 is what hundreds of instances pay for.
  const options = { client, table: tables.rateLimits, clock, maxRemembered: 1_000 };
  const anInstance = () => createDynamodbCounterStore(options);
  const differences = dynamodbDifferences.counterStore;
  return {
    store: anInstance(),
    elsewhere: anInstance(),
    restart: anInstance,
    clock,
    differences,
    runs: 20,
  };
});
