import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../../ports/call.ts';

/** The most keys of one BatchGetItem. */
const CHUNK = 100;
const FIRST_PAUSE_MS = 10;
const LAST_PAUSE_MS = 500;

type Item = Record<string, unknown>;

export interface BatchGetRequest {
  /** No key twice: DynamoDB refuses a batch with repeats. */
  readonly keys: readonly Item[];
  readonly consistent: boolean;
}

/**
 * The items of the keys that exist, in no order. What a batch leaves unprocessed (over 16 MB, or for want of capacity) is asked
 * for again after a pause with jitter, for as long as the call is waited for.
 */
export async function batchGet(
  on: { readonly client: DynamoDBDocumentClient; readonly table: string },
  { keys, consistent }: BatchGetRequest,
  call: Call,
): Promise<readonly Item[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / CHUNK) }, (_, index) =>
    keys.slice(index * CHUNK, (index + 1) * CHUNK),
  );
  call.signal.throwIfAborted();
  return (await Promise.all(chunks.map((chunk) => getChunk(on, chunk, consistent, call)))).flat();
}

async function getChunk(
  { client, table }: { readonly client: DynamoDBDocumentClient; readonly table: string },
  keys: readonly Item[],
  consistent: boolean,
  call: Call,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let missing: readonly Item[] = keys;
  let pauseMs = FIRST_PAUSE_MS;
  while (missing.length > 0) {
    const RequestItems = { [table]: { Keys: [...missing], ConsistentRead: consistent } };
    const answer = await client.send(new BatchGetCommand({ RequestItems }), { abortSignal: call.signal });
    found.push(...(answer.Responses?.[table] ?? []));
    missing = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (missing.length === 0) break;
    await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: call.signal });
    pauseMs = Math.min(2 * pauseMs, LAST_PAUSE_MS);
  }
  return found;
}
