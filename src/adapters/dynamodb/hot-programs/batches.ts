import type { WriteRequest } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import type { Call } from '../../../ports/call.ts';
import { getInBatches, writeInBatches } from '../batches.ts';
import type { Item } from './attributes.ts';
import { text } from './attributes.ts';
import type { HotTable } from './hot-table.ts';

/** The items that are there, by key. A key may come twice. */
export async function getItems(
  { client, table, pause }: HotTable,
  keys: readonly string[],
  consistent: boolean,
  call: Call,
): Promise<ReadonlyMap<string, Item>> {
  const unique = [...new Set(keys)].map((programId): Item => ({ programId: text(programId) }));
  const items = await getInBatches<Item, Item>(pause, unique, call, async (part) => {
    const RequestItems = { [table]: { Keys: [...part], ConsistentRead: consistent } };
    const answer = await client.send(new BatchGetItemCommand({ RequestItems }), { abortSignal: call.signal });
    return { items: answer.Responses?.[table] ?? [], left: answer.UnprocessedKeys?.[table]?.Keys ?? [] };
  });
  return new Map(items.map((item) => [item.programId?.S ?? '', item]));
}

/** Writes the items whatever is there: a batch can not have conditions. */
export async function putItems(
  { client, table, pause }: HotTable,
  items: readonly Item[],
  call: Call,
): Promise<void> {
  const requests = items.map((item): WriteRequest => ({ PutRequest: { Item: { ...item } } }));
  await writeInBatches(pause, requests, call, async (part) => {
    const command = new BatchWriteItemCommand({ RequestItems: { [table]: [...part] } });
    const answer = await client.send(command, { abortSignal: call.signal });
    return answer.UnprocessedItems?.[table] ?? [];
  });
}
