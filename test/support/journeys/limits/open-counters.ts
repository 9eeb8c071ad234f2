import { openDynamo } from '../../../../src/adapters/dynamodb/client.ts';
import { createDynamodbCounterStore } from '../../../../src/adapters/dynamodb/counter-store.ts';
import { createPostgresCounterStore } from '../../../../src/adapters/postgres/counter-store.ts';
import { openDatabase } from '../../../../src/adapters/postgres/database.ts';
import { openRedis } from '../../../../src/adapters/redis/client.ts';
import { createRedisCounterStore } from '../../../../src/adapters/redis/counter-store.ts';
import { createRedisKeys } from '../../../../src/adapters/redis/keys.ts';
import { createSystemClock } from '../../../../src/adapters/system/system-clock.ts';
import type { CounterStore } from '../../../../src/ports/counter-store.ts';
import type { EngineName } from '../../engines/engine.ts';

/** Where the counters of a worker are. */
export interface CountersAt {
  readonly engine: EngineName;
  /** Of the engine, by way of a proxy. */
  readonly url: string;
  /** What tells them from those of others: the prefix of keys, or the table. */
  readonly name: string;
}

export interface OpenedCounters {
  readonly store: CounterStore;
  close(): Promise<void> | void;
}

/** A fault of the network takes longer, so that calls come to their time-outs. */
const TIMEOUT_MS = 400;

/** Opens the store as a service does, but for its patience. */
export function openCounters({ engine, url, name }: CountersAt): OpenedCounters {
  if (engine === 'redis') {
    const client = openRedis({
      url,
      connectTimeoutMs: TIMEOUT_MS,
      commandTimeoutMs: TIMEOUT_MS,
      onError: ignore,
    });
    const store = createRedisCounterStore({ client, keys: createRedisKeys(name) });
    return { store, close: () => client.disconnect() };
  }
  if (engine === 'postgres') {
    const limits = { maxConnections: 4, connectTimeoutMs: TIMEOUT_MS, statementTimeoutMs: TIMEOUT_MS };
    const db = openDatabase({ connectionString: url, ...limits, onIdleError: ignore });
    return { store: createPostgresCounterStore(db), close: () => db.destroy() };
  }
  const client = openDynamo({
    ...{ region: 'us-east-1', endpoint: url, maxAttempts: 1, maxConnections: 10 },
    ...{ connectTimeoutMs: TIMEOUT_MS, requestTimeoutMs: TIMEOUT_MS },
  });
  const clock = createSystemClock();
  const store = createDynamodbCounterStore({ client, table: name, clock });
  return { store, close: () => client.destroy() };
}

const ignore = (): void => undefined;
