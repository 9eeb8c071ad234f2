import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentRemoval, SearchDocument } from '../../domain/search/document.ts';
import type { Call } from '../../ports/call.ts';
import type { Ids } from '../../ports/ids.ts';
import type { SearchIndex } from '../../ports/search-index.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { batchGet } from './batch-get.ts';
import { forEachAtOnce } from './for-each-at-once.ts';
import type { Pause } from './retry.ts';
import { pauseWithJitter } from './retry.ts';
import type { DocumentItem, StoredEntry } from './search-index/document-item.ts';
import { toEntry } from './search-index/document-item.ts';
import { deleteDocument, putDocument } from './search-index/document-writes.ts';
import { listDocuments } from './search-index/list.ts';
import { projectDocument, unprojectDocument } from './search-index/projections.ts';
import type { SearchTable } from './search-index/search-table.ts';
import { readStates, scanPage } from './search-index/states.ts';
import { withStoreErrors } from './store-errors.ts';

export interface DynamodbSearchIndexDeps {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly indexShards: number;
  /** Is told, as `search.decode`, of items that are no documents where `states` and `scan` meet them. Default: nobody is. */
  readonly telemetry?: Pick<Telemetry, 'failed'>;
  /** Names writes, so that a repeat of one is known as such. Default: random. */
  readonly ids?: Ids;
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
    ids: deps.ids ?? { next: randomUUID },
    pause: deps.pause ?? pauseWithJitter,
  };
  return {
    put: (content, at, call) => withStoreErrors(() => putDocument(on, content, at, call), call),
    delete: (contentId, call) => withStoreErrors(() => deleteDocument(on, contentId, call), call),
    project: (documents, call, options) => {
      const project = (each: SearchDocument) => projectDocument(on, each, options, call);
      return withStoreErrors(() => forEachAtOnce(WRITES_AT_ONCE, documents, call, project), call);
    },
    unproject: (removals, call, options) => {
      const unproject = (each: DocumentRemoval) => unprojectDocument(on, each, options, call);
      return withStoreErrors(() => forEachAtOnce(WRITES_AT_ONCE, removals, call, unproject), call);
    },
    get: (contentId, call) => withStoreErrors(async () => (await read(on, contentId, call))?.document, call),
    getMany: (contentIds, call) => withStoreErrors(() => readMany(on, contentIds, call), call),
    list: (query, call) => withStoreErrors(() => listDocuments(on, query, call), call),
    states: (contentIds, call) =>
      withStoreErrors(() => readStates(on, contentIds, deps.telemetry, call), call),
    scan: (cursor, limit, call) =>
      withStoreErrors(() => scanPage(on, { cursor, limit }, deps.telemetry, call), call),
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
