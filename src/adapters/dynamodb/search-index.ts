import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { SearchDocument } from '../../domain/search/document.ts';
import type { Call } from '../../ports/call.ts';
import type { SearchIndex } from '../../ports/search-index.ts';
import { batchGet } from './batch-get.ts';
import { forEachAtOnce } from './for-each-at-once.ts';
import type { Pause } from './retry.ts';
import { pauseWithJitter } from './retry.ts';
import type { DocumentItem, StoredEntry } from './search-index/document-item.ts';
import { toEntry } from './search-index/document-item.ts';
import { listDocuments } from './search-index/list.ts';
import type { SearchTable } from './search-index/writes.ts';
import { deleteDocument, projectDocument, putDocument, unprojectDocument } from './search-index/writes.ts';
import { withStoreErrors } from './store-errors.ts';

export interface DynamodbSearchIndexDeps {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly indexShards: number;
  /** Waits before what a batch left unprocessed is asked for again. Default: exponential, with jitter. */
  readonly pause?: Pause;
}

/** A batch can not have conditions, so versioned documents are written one by one, so many at a time. */
const WRITES_AT_ONCE = 16;

/**
 * Search documents in a table of their own. A removed document keeps its item, without content, because the version in it is
 * what a late, older write is measured against. Reads by id are strongly consistent; lists come from indexes, which are not.
 */
export function createDynamodbSearchIndex(deps: DynamodbSearchIndexDeps): SearchIndex {
  const on: SearchTable = {
    client: deps.client,
    table: deps.table,
    shards: deps.indexShards,
    pause: deps.pause ?? pauseWithJitter,
  };
  return {
    put: (content, at, call) => withStoreErrors(() => putDocument(on, content, at, call), call),
    delete: (contentId, call) => withStoreErrors(() => deleteDocument(on, contentId, call), call),
    project: (documents, call) =>
      withStoreErrors(
        () => forEachAtOnce(WRITES_AT_ONCE, documents, call, (each) => projectDocument(on, each, call)),
        call,
      ),
    unproject: (removals, call) =>
      withStoreErrors(
        () => forEachAtOnce(WRITES_AT_ONCE, removals, call, (each) => unprojectDocument(on, each, call)),
        call,
      ),
    get: (contentId, call) => withStoreErrors(async () => (await read(on, contentId, call))?.document, call),
    getMany: (contentIds, call) => withStoreErrors(() => readMany(on, contentIds, call), call),
    list: (query, call) => withStoreErrors(() => listDocuments(on, query, call), call),
  };
}

async function read(on: SearchTable, contentId: string, call: Call): Promise<StoredEntry | undefined> {
  const command = new GetCommand({ TableName: on.table, Key: { contentId }, ConsistentRead: true });
  return toEntry((await on.client.send(command, { abortSignal: call.signal })).Item);
}

async function readMany(
  on: SearchTable,
  contentIds: readonly string[],
  call: Call,
): Promise<readonly SearchDocument[]> {
  const keys = [...new Set(contentIds)].map((contentId) => ({ contentId }));
  const items: readonly DocumentItem[] = await batchGet(on, keys, call);
  return items.flatMap((item) => toEntry(item)?.document ?? []);
}
