import type {
  AttributeValue,
  TransactionCanceledException,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoreThrottled } from '../../../domain/errors.ts';
import type { Call } from '../../../ports/call.ts';
import type { Attributes } from './attribute-values.ts';
import type { Counter } from './counter.ts';

export type Update = Omit<UpdateItemCommandInput, 'TableName' | 'UpdateExpression'> & {
  readonly UpdateExpression: string;
};

export type Outcome =
  /** The condition held; the item as it is now. */
  | { readonly kind: 'applied'; readonly item: Attributes | undefined }
  /** It did not; the item as it is, `undefined` if there is none. */
  | { readonly kind: 'refused'; readonly item: Attributes | undefined }
  /** A transaction of somebody else was at the item. */
  | { readonly kind: 'conflict' };

/** The calls on the items of the rate-limit table. */
export interface CounterItems {
  update(update: Update, call: Call): Promise<Outcome>;
  /** Makes all updates, or none when a condition does not hold or somebody else is at an item. Answers whether they were made. */
  updateAll(updates: readonly Update[], call: Call): Promise<boolean>;
  /** The counters, all of one item, with their blocks and the time to live. */
  read(counters: readonly Counter[], call: Call): Promise<Attributes | undefined>;
  /** Items as they are at one moment, or if somebody is writing one of them each as it is at some moment; each by its counters. */
  readAll(items: readonly (readonly Counter[])[], call: Call): Promise<readonly (Attributes | undefined)[]>;
  remove(itemKey: string, call: Call): Promise<void>;
}

/** By low-level commands: the document client would hand on the item of a failed condition as it came, and all others converted. */
export function createCounterItems(client: DynamoDBDocumentClient, table: string): CounterItems {
  const read: CounterItems['read'] = async (counters, { signal }) => {
    const command = new GetItemCommand({ ...getOf(table, counters), ConsistentRead: true });
    return (await client.send(command, { abortSignal: signal })).Item;
  };

  return {
    async update(update, { signal }) {
      try {
        const command = new UpdateItemCommand({ TableName: table, ReturnValues: 'ALL_NEW', ...update });
        const { Attributes: item } = await client.send(command, { abortSignal: signal });
        return { kind: 'applied', item };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { kind: 'refused', item: error.Item };
        if (isNamed(error, 'TransactionConflictException')) return { kind: 'conflict' };
        if (isTooLarge(error)) throw noRoom(error);
        throw error;
      }
    },

    async updateAll(updates, { signal }) {
      // The SDK adds a ClientRequestToken, new for each command and the same for each attempt at it.
      const TransactItems = updates.map((update) => ({ Update: { TableName: table, ...update } }));
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems }), { abortSignal: signal });
        return true;
      } catch (error) {
        if (isCancelledBy(error, MADE_NOTHING)) return false;
        throw error;
      }
    },

    read,

    async readAll(items, call) {
      const TransactItems = items.map((counters) => ({ Get: getOf(table, counters) }));
      try {
        const command = new TransactGetItemsCommand({ TransactItems });
        const { Responses = [] } = await client.send(command, { abortSignal: call.signal });
        return Responses.map(({ Item }) => Item);
      } catch (error) {
        if (!isCancelledBy(error, ['TransactionConflict'])) throw error;
        return Promise.all(items.map((counters) => read(counters, call)));
      }
    },

    async remove(itemKey, { signal }) {
      const command = new DeleteItemCommand({ TableName: table, Key: keyOf(itemKey) });
      await client.send(command, { abortSignal: signal });
    },
  };
}

function getOf(table: string, counters: readonly Counter[]) {
  const names = [
    'expiresAt',
    ...counters.flatMap(({ attribute, blockAttribute }) => [attribute, blockAttribute]),
  ];
  return {
    TableName: table,
    Key: keyOf(counters[0]?.itemKey ?? ''),
    ProjectionExpression: names.map((_, index) => `#${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
  };
}

function keyOf(itemKey: string): Record<string, AttributeValue> {
  return { key: { S: itemKey } };
}

/** Codes of cancellation (API Reference, `TransactWriteItems`) after which another attempt may do. */
const MADE_NOTHING = ['ConditionalCheckFailed', 'TransactionConflict'];

function isCancelledBy(error: unknown, codes: readonly string[]): boolean {
  if (!isNamed(error, 'TransactionCanceledException')) return false;
  const { CancellationReasons = [] } = error as Partial<TransactionCanceledException>;
  const given = CancellationReasons.map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
  return given.length > 0 && given.every((code) => codes.includes(code));
}

/** Until permits end. */
function noRoom(cause: unknown): StoreThrottled {
  return new StoreThrottled('DynamoDB', cause);
}

function isTooLarge(error: unknown): boolean {
  return isNamed(error, 'ValidationException') && /item size/i.test((error as Error).message);
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
