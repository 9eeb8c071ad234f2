import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamodbHotProgramStore } from '../../../../src/adapters/dynamodb/hot-program-store.ts';
import { START_MS } from '../../../contracts/hot-program-store/fixture.ts';
import type { TestDynamodb } from '../../../support/dynamodb.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

export type RawItem = Record<string, AttributeValue>;

export interface Request {
  /** The name of the command, such as `GetItemCommand`. */
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly signal: AbortSignal | undefined;
}

/** Stands between the store and DynamoDB, which answers when it is asked to `proceed`. */
export type Intercept = (request: Request, proceed: () => Promise<unknown>) => unknown;

/** A store on a client that can be watched and answered for, and the table's items as they are. */
export function aStore(
  { client, tables }: TestDynamodb,
  intercept: Intercept = (_, proceed) => proceed(),
  indexShards = 4,
) {
  const clock = createFakeClock(START_MS);
  const pauses: number[] = [];
  const store = createDynamodbHotProgramStore({
    client: intercepted(client, intercept),
    table: tables.discovery,
    clock,
    ids: { next: randomUUID },
    indexShards,
    pause: async (attempt) => void pauses.push(attempt),
  });
  const TableName = tables.discovery;
  return {
    store,
    clock,
    pauses,
    plant: (Item: RawItem) => client.send(new PutItemCommand({ TableName, Item })),
    rawItem: async (key: string) => {
      const command = new GetItemCommand({ TableName, Key: { programId: { S: key } }, ConsistentRead: true });
      return (await client.send(command)).Item;
    },
  };
}

type Send = (
  command: { readonly input: Record<string, unknown> },
  options?: { readonly abortSignal?: AbortSignal },
) => Promise<unknown>;

function intercepted(client: DynamoDBDocumentClient, intercept: Intercept): DynamoDBDocumentClient {
  const send: Send = async (command, options) => {
    const { name } = command.constructor;
    const proceed = () => client.send(command as never, options);
    return intercept({ name, input: command.input, signal: options?.abortSignal }, proceed);
  };
  return { send } as unknown as DynamoDBDocumentClient;
}
