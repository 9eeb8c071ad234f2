import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Call } from '../../../ports/call.ts';
import type { Item } from './attributes.ts';
import { number, numberOf, text } from './attributes.ts';
import type { HotTable } from './hot-table.ts';
import { currentKey } from './list-item.ts';

/*
 * A list has a turn, which grows by one with each snapshot that becomes the current one. Who saves a list reads the turn first and
 * takes the next: no late or repeated write brings an older list back, whatever the clocks of instances say.
 */

/** 0 when there is no current snapshot. */
export async function readTurn(on: HotTable, name: string, call: Call): Promise<number> {
  const command = new GetItemCommand({
    TableName: on.table,
    Key: { programId: text(currentKey(name)) },
    ProjectionExpression: '#turn',
    ExpressionAttributeNames: { '#turn': 'turn' },
    ConsistentRead: true,
  });
  const { Item } = await on.client.send(command, { abortSignal: call.signal });
  return Item?.turn === undefined ? 0 : numberOf(Item, 'turn');
}

/**
 * Makes the snapshot whose first chunk `item` is the current one, unless another has become it since `turn` was read. That other
 * one was saved at the same time and counts as the later; or it is this very one, the SDK having repeated a write whose answer
 * was lost.
 */
export async function makeCurrent(on: HotTable, item: Item, turn: number, call: Call): Promise<void> {
  const command = new PutItemCommand({
    TableName: on.table,
    Item: { ...item, turn: number(turn + 1) },
    // DynamoDB removes one whose time is over, with its turn.
    ConditionExpression: 'attribute_not_exists(#turn) OR #turn = :turn',
    ExpressionAttributeNames: { '#turn': 'turn' },
    ExpressionAttributeValues: { ':turn': number(turn) },
  });
  try {
    await on.client.send(command, { abortSignal: call.signal });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
