import type { KeysAndAttributes, WriteRequest } from '@aws-sdk/client-dynamodb';
import { BatchGetItemCommand, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import type { Call } from '../../../ports/call.ts';
import { untilDone } from '../activity/retry.ts';
import type { Item } from './attributes.ts';
import { text } from './attributes.ts';
import type { HotTable } from './hot-table.ts';

/** The most that one request takes (API Reference, `BatchGetItem` and `BatchWriteItem`). */
const GETS = 100;
const WRITES = 25;

/** The items that are there, by key. A key may come twice; DynamoDB refuses a batch with repeats. */
export async function getItems(
  on: HotTable,
  keys: readonly string[],
  consistent: boolean,
  call: Call,
): Promise<ReadonlyMap<string, Item>> {
  const parts = inParts([...new Set(keys)], GETS);
  const found = await Promise.all(parts.map((part) => getPart(on, part, consistent, call)));
  return new Map(found.flat().map((item) => [item.programId?.S ?? '', item]));
}

/** What a batch leaves unprocessed (past 16 MB, or for want of capacity) is asked for again. */
async function getPart(
  { client, table, pause }: HotTable,
  keys: readonly string[],
  consistent: boolean,
  call: Call,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let Keys: KeysAndAttributes['Keys'] = keys.map((programId) => ({ programId: text(programId) }));
  await untilDone(pause, call.signal, async () => {
    const command = new BatchGetItemCommand({
      RequestItems: { [table]: { Keys, ConsistentRead: consistent } },
    });
    const answer = await client.send(command, { abortSignal: call.signal });
    found.push(...(answer.Responses?.[table] ?? []));
    Keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    return Keys.length === 0 || undefined;
  });
  return found;
}

/** Writes the items whatever is there: a batch can not have conditions. */
export async function putItems(on: HotTable, items: readonly Item[], call: Call): Promise<void> {
  for (const part of inParts(items, WRITES)) await putPart(on, part, call);
}

async function putPart(
  { client, table, pause }: HotTable,
  items: readonly Item[],
  call: Call,
): Promise<void> {
  let requests: WriteRequest[] = items.map((item) => ({ PutRequest: { Item: { ...item } } }));
  await untilDone(pause, call.signal, async () => {
    const command = new BatchWriteItemCommand({ RequestItems: { [table]: requests } });
    const answer = await client.send(command, { abortSignal: call.signal });
    requests = answer.UnprocessedItems?.[table] ?? [];
    return requests.length === 0 || undefined;
  });
}

export function inParts<Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] {
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, part) => values.slice(part * size, (part + 1) * size));
}
