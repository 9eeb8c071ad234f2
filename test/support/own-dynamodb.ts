import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { declareTables } from '../../src/adapters/dynamodb/tables.ts';
import type { TestDynamodb } from './dynamodb.ts';
import { namesFor, openTestDynamodb } from './dynamodb.ts';
import { createTables } from './dynamodb-tables.ts';
import { ENGINE_PATIENCE_MS } from './engines/ask.ts';
import { findJava, spawnDynamodbLocal } from './engines/dynamodb-engine.ts';
import { requireEngine } from './engines/require-engine.ts';
import type { TcpProxy } from './tcp-proxy/tcp-proxy.ts';
import { startTcpProxy } from './tcp-proxy/tcp-proxy.ts';

/** A DynamoDB Local that a test may freeze, with a proxy before it that refuses, delays and cuts. */
export interface OwnDynamodb {
  /** By way of the proxy. */
  readonly tables: TestDynamodb;
  readonly proxy: TcpProxy;
  /** Stops the process as it stands (`SIGSTOP`): connections are taken and nothing is answered. */
  freeze(): void;
  thaw(): void;
}

/** A server for a test file or a `describe`, with its tables made. */
export function useOwnDynamodb(): () => OwnDynamodb {
  requireEngine('dynamodb');
  let dynamodb: OwnDynamodb | undefined;
  const ends: (() => Promise<void> | void)[] = [];
  beforeAll(async () => {
    const server = await spawnDynamodbLocal(await findJava());
    ends.push(server.stop);
    const direct = `http://127.0.0.1:${server.port}`;
    const proxy = await startTcpProxy(direct);
    ends.push(proxy.close);
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
    const region = 'us-east-1';
    const client = openTestDynamodb(direct, region);
    ends.push(() => client.destroy());
    const tables = namesFor(`own-${randomUUID()}`);
    await createTables(client, Object.values(declareTables(tables)));
    dynamodb = {
      tables: { client, tables, endpoint: proxy.url, region },
      proxy,
      freeze: () => server.signal('SIGSTOP'),
      thaw: () => server.signal('SIGCONT'),
    };
  }, ENGINE_PATIENCE_MS);
  afterAll(async () => {
    dynamodb?.thaw();
    for (const end of ends.reverse()) await end();
  });
  return () => {
    if (dynamodb === undefined) throw new Error('the server is there from beforeAll to afterAll only');
    return dynamodb;
  };
}
