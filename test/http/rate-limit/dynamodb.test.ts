import { describe } from 'vitest';
import { createDynamodbCounterStore } from '../../../src/adapters/dynamodb/counter-store.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { pluginContract } from './plugin.contract.ts';

const dynamodb = useDynamodb();

describe('the guard on counters in DynamoDB', () => {
  pluginContract(() => {
    const { client, tables } = dynamodb();
    return createDynamodbCounterStore({ client, table: tables.rateLimits, clock: createSystemClock() });
  });
});
