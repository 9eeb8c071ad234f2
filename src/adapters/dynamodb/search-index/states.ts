import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../../../ports/call.ts';
import type { DocumentScanPage, DocumentState } from '../../../ports/search-index.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import { batchGet } from '../batch-get.ts';
import type { DocumentItem } from './document-item.ts';
import { toState } from './document-item.ts';
import { contentIdOfCursor, scanCursor } from './scan-cursor.ts';
import type { SearchTable } from './search-table.ts';

/** Is told of items that are none of ours. */
export type Watch = Pick<Telemetry, 'failed'>;

export async function readStates(
  on: SearchTable,
  contentIds: readonly string[],
  watch: Watch | undefined,
  call: Call,
): Promise<readonly DocumentState[]> {
  const keys = [...new Set(contentIds)].map((contentId) => ({ contentId }));
  const items: readonly DocumentItem[] = await batchGet(on, keys, call);
  return decoded(on, items, watch);
}

/**
 * One page of DynamoDB: up to `limit` items, or what fits into 1 MB. Strongly consistent: a scan may otherwise miss what was
 * written long before it.
 */
export async function scanPage(
  on: SearchTable,
  { cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
  watch: Watch | undefined,
  call: Call,
): Promise<DocumentScanPage> {
  const after = cursor === undefined ? undefined : contentIdOfCursor(on.table, cursor);
  const command = new ScanCommand({
    TableName: on.table,
    ConsistentRead: true,
    Limit: limit,
    ...(after !== undefined && { ExclusiveStartKey: { contentId: after } }),
  });
  const { Items = [], LastEvaluatedKey } = await on.client.send(command, { abortSignal: call.signal });
  const next = LastEvaluatedKey && scanCursor(on.table, String(LastEvaluatedKey.contentId));
  return { states: decoded(on, Items, watch), next };
}

/** Told once a page: a table may be full of what somebody else put there. */
function decoded(
  on: SearchTable,
  items: readonly DocumentItem[],
  watch: Watch | undefined,
): readonly DocumentState[] {
  const states: DocumentState[] = [];
  const others: string[] = [];
  for (const item of items) {
    const state = toState(item);
    if (state === undefined) others.push(String(item.contentId));
    else states.push(state);
  }
  if (others.length > 0) watch?.failed('search.decode', undecodable(on.table, others));
  return states;
}

function undecodable(table: string, contentIds: readonly string[]): Error {
  const named = contentIds.slice(0, 5).map((contentId) => JSON.stringify(contentId));
  const more = contentIds.length > named.length ? ', ...' : '';
  return new Error(
    `${contentIds.length} items of the table ${table} are no search documents: ${named.join(', ')}${more}`,
  );
}
