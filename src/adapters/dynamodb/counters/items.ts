import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../../../ports/call.ts';
import type { Counter } from './counter.ts';
import type { Attributes } from './layout.ts';

export type Update = Omit<UpdateItemCommandInput, 'TableName'>;

export interface Outcome {
  /** Whether the condition held. */
  readonly applied: boolean;
  /** As it is now, where the update asks for it; `undefined`: there is none. */
  readonly item: Attributes | undefined;
}

/** The calls on the items of the rate-limit table. */
export interface CounterItems {
  update(update: Update, call: Call): Promise<Outcome>;
  /** The counter and the time to live. */
  read(counter: Counter, call: Call): Promise<Attributes | undefined>;
  remove(itemKey: string, call: Call): Promise<void>;
}

/** By low-level commands: the document client would hand on the item of a failed condition as it came, and all others converted. */
export function createCounterItems(client: DynamoDBDocumentClient, table: string): CounterItems {
  return {
    async update(update, { signal }) {
      try {
        const command = new UpdateItemCommand({ TableName: table, ...update });
        const { Attributes: item } = await client.send(command, { abortSignal: signal });
        return { applied: true, item };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { applied: false, item: error.Item };
        throw error;
      }
    },

    async read({ itemKey, attribute }, { signal }) {
      const command = new GetItemCommand({
        TableName: table,
        Key: { key: { S: itemKey } },
        ConsistentRead: true,
        ProjectionExpression: '#g, #e',
        ExpressionAttributeNames: { '#g': attribute, '#e': 'expiresAt' },
      });
      return (await client.send(command, { abortSignal: signal })).Item;
    },

    async remove(itemKey, { signal }) {
      const command = new DeleteItemCommand({ TableName: table, Key: { key: { S: itemKey } } });
      await client.send(command, { abortSignal: signal });
    },
  };
}
