import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../../../ports/call.ts';
import { writeInBatches } from '../batches.ts';
import { unlessConflict } from '../retry.ts';
import type { ActivityTable } from './activity-table.ts';
import type { ItemKey } from './item-keys.ts';

/** Deletes what is there of the keys; no key twice. */
export async function deleteMany(
  { client, table, pause }: ActivityTable,
  keys: readonly ItemKey[],
  call: Call,
): Promise<void> {
  const deletes = keys.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }));
  await writeInBatches(pause, deletes, call, async (part) => {
    const write = new BatchWriteCommand({ RequestItems: { [table]: [...part] } });
    const answer = await unlessConflict(() => client.send(write, { abortSignal: call.signal }));
    if (answer === undefined) return part;
    return (answer.UnprocessedItems?.[table] ?? []) as typeof deletes;
  });
}
