import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import { createDynamodbCounterStore } from '../../../../src/adapters/dynamodb/counter-store.ts';
import { filedKey } from '../../../../src/adapters/dynamodb/counters/filed-key.ts';
import type { CounterStore } from '../../../../src/ports/counter-store.ts';
import type { TestDynamodb } from '../../../support/dynamodb.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import type { WatchedClient } from './watched-client.ts';
import { openWatchedClient } from './watched-client.ts';

export interface Instance extends WatchedClient {
  readonly store: CounterStore;
  readonly clock: FakeClock;
}

/** In the future: DynamoDB deletes by its own clock what has expired. */
export const START_MS = Date.UTC(2100, 0, 15, 12);

/** An instance of the service with a client and a clock of its own; closed when the test ends. */
export function anInstance(
  dynamodb: TestDynamodb,
  { clock = createFakeClock(START_MS), ...options }: { clock?: FakeClock; maxRemembered?: number } = {},
): Instance {
  const watched = openWatchedClient(dynamodb);
  onTestFinished(() => watched.client.destroy());
  const table = dynamodb.tables.rateLimits;
  const store = createDynamodbCounterStore({ client: watched.client, table, clock, ...options });
  return { ...watched, store, clock };
}

/** What is stored for a rate-limit key. */
export async function readItem(
  { client, tables }: TestDynamodb,
  key: string,
): Promise<Record<string, AttributeValue> | undefined> {
  const Key = { key: { S: filedKey(key) } };
  const command = new GetItemCommand({ TableName: tables.rateLimits, Key, ConsistentRead: true });
  return (await client.send(command)).Item;
}
