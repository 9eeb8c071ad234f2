import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ValueTooLarge } from '../../domain/errors.ts';
import type { Program } from '../../domain/program/program.ts';
import { isId } from '../../domain/program/program.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HotProgramStore, HotPutOptions, HotRead, HotWrite } from '../../ports/hot-program-store.ts';
import { TOMBSTONE_KEPT_MS } from '../../ports/hot-program-store.ts';
import type { Ids } from '../../ports/ids.ts';
import { dynamodbDifferences } from './differences.ts';
import type { Item } from './hot-programs/attributes.ts';
import { text } from './hot-programs/attributes.ts';
import { getItems } from './hot-programs/batches.ts';
import { topByCategory } from './hot-programs/category.ts';
import type { HotTable } from './hot-programs/hot-table.ts';
import { readList, saveList } from './hot-programs/lists.ts';
import { toItem, toRead, toTombstone } from './hot-programs/program-item.ts';
import { scanEntries } from './hot-programs/scan.ts';
import { putIfNewer } from './hot-programs/writes.ts';
import { itemBytes } from './item-size.ts';
import type { Pause } from './retry.ts';
import { pauseWithJitter } from './retry.ts';
import { withStoreErrors } from './store-errors.ts';

export interface DynamodbHotProgramStoreDeps {
  readonly client: DynamoDBDocumentClient;
  /** The table declared as `discovery`. */
  readonly table: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Over how many partitions of `CategoryIndex` a category is spread; 1 is the plain category. */
  readonly indexShards: number;
  /** Waits before what a batch left unprocessed is asked for again. Default: exponential, with jitter. */
  readonly pause?: Pause;
}

/**
 * Copies of programs in one table, with the ranked lists among them under keys that no program id can take. Reads are
 * eventually consistent, which costs half; each copy carries the version that tells its age.
 */
export function createDynamodbHotProgramStore(deps: DynamodbHotProgramStoreDeps): HotProgramStore {
  const on: HotTable = { ...deps, pause: deps.pause ?? pauseWithJitter };
  return {
    get: (programId, call) => withStoreErrors(() => get(on, programId, call), call),
    getMany: (programIds, call) => withStoreErrors(() => getMany(on, programIds, call), call),
    put: (program, options, call) => withStoreErrors(() => put(on, program, options, call), call),
    delete: (removal, call, options) => {
      const tombstone = () => toTombstone(removal, on.clock.now() + TOMBSTONE_KEPT_MS);
      const write = { version: removal.version, refresh: options?.refresh };
      return withStoreErrors(() => putIfNewer(on, tombstone(), write, call), call);
    },
    scan: (cursor, limit, call) => withStoreErrors(() => scanEntries(on, cursor, limit, call), call),
    topByCategory: (category, limit, after, call) =>
      withStoreErrors(() => topByCategory(on, { category, limit, after }, call), call),
    saveList: (name, cards, ttlMs, call) =>
      withStoreErrors(() => saveList(on, name, cards, ttlMs, call), call),
    list: (name, query, call) => withStoreErrors(() => readList(on, name, query, call), call),
  };
}

/** What can not be the id of a program is not asked for: it may be the key of something else. */
async function get(on: HotTable, programId: string, call: Call): Promise<HotRead> {
  if (!isId(programId)) return { outcome: 'miss' };
  const command = new GetItemCommand({ TableName: on.table, Key: { programId: text(programId) } });
  const { Item } = await on.client.send(command, { abortSignal: call.signal });
  return toRead(Item, on.clock.now());
}

async function getMany(on: HotTable, programIds: readonly string[], call: Call): Promise<readonly HotRead[]> {
  const items = await getItems(on, programIds.filter(isId), false, call);
  const nowMs = on.clock.now();
  return programIds.map((programId) => toRead(items.get(programId), nowMs));
}

async function put(
  on: HotTable,
  program: Program,
  { ttlMs, refresh }: HotPutOptions,
  call: Call,
): Promise<HotWrite> {
  const expiresAtMs = ttlMs === undefined ? undefined : on.clock.now() + ttlMs;
  const item = toItem(program, expiresAtMs, on.indexShards);
  refuseTooLarge(item, program.programId);
  return putIfNewer(on, item, { version: program.version, refresh }, call);
}

const { maxProgramBytes } = dynamodbDifferences.hotProgramStore;

// DynamoDB takes up to a byte more for a number than can be reckoned, and an item has five.
const NUMBERS = 5;

function refuseTooLarge(item: Item, programId: string): void {
  const bytes = itemBytes(item) + NUMBERS;
  if (bytes > maxProgramBytes)
    throw new ValueTooLarge('DynamoDB', `program ${programId}`, bytes, maxProgramBytes);
}
