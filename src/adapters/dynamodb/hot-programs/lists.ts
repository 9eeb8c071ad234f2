import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { ProgramCard } from '../../../domain/program/program-card.ts';
import type { Call } from '../../../ports/call.ts';
import type { ListQuery, ListSlice } from '../../../ports/hot-program-store.ts';
import { inParts } from '../batches.ts';
import { text } from './attributes.ts';
import { getItems, putItems } from './batches.ts';
import type { HotTable } from './hot-table.ts';
import type { Chunk, Snapshot } from './list-item.ts';
import { CHUNK_CARDS, chunkKey, currentKey, toChunk, toChunkItem } from './list-item.ts';
import { makeCurrent, readTurn } from './list-turn.ts';

/** Writes every chunk of a new snapshot, and only then what makes it the current one. */
export async function saveList(
  on: HotTable,
  name: string,
  cards: readonly ProgramCard[],
  ttlMs: number,
  call: Call,
): Promise<void> {
  const builtAtMs = on.clock.now();
  const snapshotId = on.ids.next();
  const expiresAtMs = builtAtMs + ttlMs;
  const snapshot: Snapshot = { name, snapshotId, builtAtMs, size: cards.length, expiresAtMs };
  const chunks = cards.length === 0 ? [[]] : inParts(cards, CHUNK_CARDS);
  const items = chunks.map((part, index) =>
    toChunkItem(chunkKey(snapshotId, index), { snapshot, cards: part }),
  );
  const [turn] = await Promise.all([readTurn(on, name, call), putItems(on, items, call)]);
  await makeCurrent(on, { ...items[0], programId: text(currentKey(name)) }, turn, call);
}

export async function readList(
  on: HotTable,
  name: string,
  { snapshotId, offset, limit }: ListQuery,
  call: Call,
): Promise<ListSlice | undefined> {
  const first =
    snapshotId === undefined
      ? await readCurrent(on, name, call)
      : (await readChunks(on, name, snapshotId, [0], call))?.get(0);
  if (first === undefined) return undefined;
  const { snapshot } = first;
  const indexes = chunksOf(offset, Math.min(offset + limit, snapshot.size));
  const others = indexes.filter((index) => index > 0);
  const chunks = await readChunks(on, name, snapshot.snapshotId, others, call);
  if (chunks === undefined) return undefined;
  const start = (indexes[0] ?? 0) * CHUNK_CARDS;
  const cards = indexes.flatMap((index) => (index === 0 ? first : chunks.get(index))?.cards ?? []);
  return {
    snapshotId: snapshot.snapshotId,
    builtAt: new Date(snapshot.builtAtMs),
    size: snapshot.size,
    cards: offset >= snapshot.size ? [] : cards.slice(offset - start, offset - start + limit),
  };
}

/** The chunks that hold the entries from `start` to before `end`. */
function chunksOf(start: number, end: number): readonly number[] {
  const first = Math.floor(start / CHUNK_CARDS);
  return Array.from(
    { length: Math.max(0, Math.ceil(end / CHUNK_CARDS) - first) },
    (_, index) => first + index,
  );
}

async function readCurrent(on: HotTable, name: string, call: Call): Promise<Chunk | undefined> {
  const command = new GetItemCommand({ TableName: on.table, Key: { programId: text(currentKey(name)) } });
  const { Item } = await on.client.send(command, { abortSignal: call.signal });
  return toChunk(Item, name, on.clock.now());
}

/**
 * Chunks of a snapshot by index, all of them or none. A replica that has the pointer may not have a chunk yet, although it was
 * written before: what is missing is asked for again, strongly consistent.
 */
async function readChunks(
  on: HotTable,
  name: string,
  snapshotId: string,
  indexes: readonly number[],
  call: Call,
): Promise<ReadonlyMap<number, Chunk> | undefined> {
  const chunks = new Map<number, Chunk>();
  for (const consistent of [false, true]) {
    const missing = indexes.filter((index) => !chunks.has(index));
    const keys = missing.map((index) => chunkKey(snapshotId, index));
    const items = await getItems(on, keys, consistent, call);
    for (const index of missing) {
      const chunk = toChunk(items.get(chunkKey(snapshotId, index)), name, on.clock.now());
      if (chunk !== undefined) chunks.set(index, chunk);
    }
  }
  return chunks.size === indexes.length ? chunks : undefined;
}
