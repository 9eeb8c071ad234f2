import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../../ports/call.ts';
import { getInBatches } from './batches.ts';
import type { Pause } from './retry.ts';

type Item = Record<string, unknown>;

interface BatchTable {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly pause: Pause;
}

/** The items of the keys that exist, in no order, strongly consistent; no key twice. */
export function batchGet(
  { client, table, pause }: BatchTable,
  keys: readonly Item[],
  call: Call,
): Promise<readonly Item[]> {
  return getInBatches(pause, keys, call, async (part) => {
    const RequestItems = { [table]: { Keys: [...part], ConsistentRead: true } };
    const answer = await client.send(new BatchGetCommand({ RequestItems }), { abortSignal: call.signal });
    return { items: answer.Responses?.[table] ?? [], left: answer.UnprocessedKeys?.[table]?.Keys ?? [] };
  });
}
