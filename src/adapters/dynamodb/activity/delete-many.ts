import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../../../ports/call.ts';
import type { ActivityTable } from './activity-table.ts';
import type { ItemKey } from './item-keys.ts';
import { unlessConflict, untilDone } from './retry.ts';

/** The most writes of one BatchWriteItem. */
const CHUNK = 25;

/** Deletes what is there of the keys; no key twice. What a batch leaves unprocessed is tried again. */
export async function deleteMany(table: ActivityTable, keys: readonly ItemKey[], call: Call): Promise<void> {
  for (let from = 0; from < keys.length; from += CHUNK) {
    await deleteChunk(table, keys.slice(from, from + CHUNK), call);
  }
}

async function deleteChunk(
  { client, table, pause }: ActivityTable,
  keys: readonly ItemKey[],
  call: Call,
): Promise<void> {
  const deletes = keys.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }));
  let RequestItems: Record<string, typeof deletes> = { [table]: deletes };
  await untilDone(pause, call.signal, async () => {
    const write = new BatchWriteCommand({ RequestItems });
    const answer = await unlessConflict(() => client.send(write, { abortSignal: call.signal }));
    const rest = answer?.UnprocessedItems?.[table] ?? [];
    if (answer !== undefined && rest.length === 0) return true;
    if (rest.length > 0) RequestItems = { [table]: rest as typeof deletes };
    return undefined;
  });
}
