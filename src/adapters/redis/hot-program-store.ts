import type { Program } from '../../domain/program/program.ts';
import type { Call } from '../../ports/call.ts';
import type {
  HotDeleteOptions,
  HotProgramStore,
  HotPutOptions,
  HotRead,
  HotWrite,
  ProgramRemoval,
} from '../../ports/hot-program-store.ts';
import { TOMBSTONE_KEPT_MS } from '../../ports/hot-program-store.ts';
import { droppedAt, expiryOf } from './hot-programs/expiry.ts';
import type { HotPrograms } from './hot-programs/hot-programs.ts';
import { readList, saveList } from './hot-programs/lists.ts';
import { readProgram, writeProgram, writeTombstone } from './hot-programs/program-text.ts';
import { scanEntries } from './hot-programs/scan.ts';
import { putProgram, removeProgram } from './hot-programs/scripts.ts';
import { shardOf } from './hot-programs/shards.ts';
import { topByCategory } from './hot-programs/top-cards.ts';
import { toStoreError, withStoreErrors } from './store-errors.ts';
import type { Handling } from './until-aborted.ts';
import { handledUntilAborted, untilAborted } from './until-aborted.ts';

export interface RedisHotProgramStoreOptions extends Omit<HotPrograms, 'shards'> {
  /**
   * Over how many slots programs are spread. A top of a category asks them all, in one go. Copies that were written with another
   * number are not found. Default: 16 on a cluster, 1 on a single server, where more would only cost.
   */
  readonly shards?: number;
}

/**
 * Copies of programs in Redis 6.2 and later. Each shard has its programs and their places in their categories in one slot, so that a
 * script writes both or neither. The clock decides what has expired; Redis drops it a minute later.
 */
export function createRedisHotProgramStore(options: RedisHotProgramStoreOptions): HotProgramStore {
  const store: HotPrograms = { ...options, shards: options.shards ?? ('nodes' in options.client ? 16 : 1) };
  return {
    get: getting(store),
    getMany: (programIds, call) => withStoreErrors(() => getMany(store, programIds, call), call),
    put: (program, options, call) => withStoreErrors(() => put(store, program, options, call), call),
    delete: (removal, call, options = {}) =>
      withStoreErrors(() => remove(store, removal, options, call), call),
    scan: (cursor, limit, call) => withStoreErrors(() => scanEntries(store, cursor, limit, call), call),
    topByCategory: (category, limit, after, call) =>
      withStoreErrors(() => topByCategory(store, category, limit, after, call), call),
    saveList: (name, cards, ttlMs, call) =>
      withStoreErrors(() => saveList(store, name, cards, ttlMs, call), call),
    list: (name, query, call) => withStoreErrors(() => readList(store, name, query, call), call),
  };
}

/** As it is called most, it makes nothing for a call that can be made once. */
function getting({ client, keys, clock, shards }: HotPrograms): HotProgramStore['get'] {
  const handling: Handling<string | null, HotRead> = {
    read: (text) => readProgram(text, clock.now()),
    recover(error, call) {
      if (isOfAnotherType(error)) return { outcome: 'undecodable', version: undefined };
      throw toStoreError(error, call);
    },
  };
  const beginnings = Array.from({ length: shards }, (_, shard) => keys.program(shard, ''));
  return (programId, call) => {
    const key = `${beginnings[shardOf(programId, shards)]}${programId}`;
    return handledUntilAborted(call, () => client.get(key), handling);
  };
}

function isOfAnotherType(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('WRONGTYPE');
}

// One MGET for each shard: a cluster takes no keys of several slots in one command. All are sent at once. What is no string is nil.
async function getMany(
  { client, keys, clock, shards }: HotPrograms,
  programIds: readonly string[],
  call: Call,
): Promise<readonly HotRead[]> {
  const byShard = Map.groupBy(new Set(programIds), (programId) => shardOf(programId, shards));
  const texts = new Map<string, string | null | undefined>();
  const readShard = async (ids: readonly string[], shard: number): Promise<void> => {
    const found = await client.mget(ids.map((programId) => keys.program(shard, programId)));
    for (const [index, programId] of ids.entries()) texts.set(programId, found[index]);
  };
  await untilAborted(call, () => Promise.all(Array.from(byShard, ([shard, ids]) => readShard(ids, shard))));
  const nowMs = clock.now();
  return programIds.map((programId) => readProgram(texts.get(programId), nowMs));
}

async function put(
  { client, keys, clock, shards }: HotPrograms,
  program: Program,
  { ttlMs, refresh }: HotPutOptions,
  call: Call,
): Promise<HotWrite> {
  const { programId, version, category } = program;
  const shard = shardOf(programId, shards);
  const nowMs = clock.now();
  const expiresAtMs = expiryOf(nowMs, ttlMs);
  const text = writeProgram(program, expiresAtMs);
  const args = [nowMs, text, droppedAt(expiresAtMs), toFlag(refresh), programId];
  const places = [keys.program(shard, programId), keys.programIds(shard), keys.category(shard, category)];
  return toWrite(await putProgram(client, places, args, call), version);
}

async function remove(
  { client, keys, clock, shards }: HotPrograms,
  removal: ProgramRemoval,
  { refresh }: HotDeleteOptions,
  call: Call,
): Promise<HotWrite> {
  const { programId, version } = removal;
  const shard = shardOf(programId, shards);
  const nowMs = clock.now();
  const expiresAtMs = expiryOf(nowMs, TOMBSTONE_KEPT_MS);
  const text = writeTombstone(removal, expiresAtMs);
  const args = [nowMs, text, droppedAt(expiresAtMs), toFlag(refresh), programId, keys.category(shard, '')];
  const places = [keys.program(shard, programId), keys.programIds(shard)];
  return toWrite(await removeProgram(client, places, args, call), version);
}

function toFlag(isOn: boolean | undefined): number {
  return isOn === true ? 1 : 0;
}

function toWrite(stored: unknown, version: number): HotWrite {
  if (stored === null) return { outcome: 'applied', version };
  return { outcome: Number(stored) === version ? 'duplicate' : 'superseded', version: Number(stored) };
}
