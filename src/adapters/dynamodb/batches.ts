import type { Call } from '../../ports/call.ts';
import type { Pause } from './retry.ts';
import { untilDone } from './retry.ts';

/** The most that one request takes (API Reference, `BatchGetItem` and `BatchWriteItem`). */
const GETS = 100;
const WRITES = 25;

/** What one request answered: items, and the keys that it left unprocessed. */
interface Found<Key, Item> {
  readonly items: readonly Item[];
  readonly left: readonly Key[];
}

/**
 * The items of the keys, in no order; no key twice, which DynamoDB refuses. What a request leaves unprocessed (past 16 MB, or for
 * want of capacity) is asked for again. @throws {StoreThrottled}
 */
export async function getInBatches<Key, Item>(
  pause: Pause,
  keys: readonly Key[],
  call: Call,
  get: (part: readonly Key[]) => Promise<Found<Key, Item>>,
): Promise<readonly Item[]> {
  call.signal.throwIfAborted();
  const getPart = async (part: readonly Key[]): Promise<readonly Item[]> => {
    const found: Item[] = [];
    await untilNoneLeft(pause, part, call, async (missing) => {
      const { items, left } = await get(missing);
      found.push(...items);
      return left;
    });
    return found;
  };
  return (await Promise.all(inParts(keys, GETS).map(getPart))).flat();
}

/** Makes the writes, one request after the other; `write` answers what its request left unprocessed. @throws {StoreThrottled} */
export async function writeInBatches<Write>(
  pause: Pause,
  writes: readonly Write[],
  call: Call,
  write: (part: readonly Write[]) => Promise<readonly Write[]>,
): Promise<void> {
  for (const part of inParts(writes, WRITES)) await untilNoneLeft(pause, part, call, write);
}

async function untilNoneLeft<Piece>(
  pause: Pause,
  pieces: readonly Piece[],
  call: Call,
  send: (pieces: readonly Piece[]) => Promise<readonly Piece[]>,
): Promise<void> {
  let left = pieces;
  await untilDone(pause, call.signal, async () => {
    left = await send(left);
    return left.length === 0 || undefined;
  });
}

export function inParts<Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] {
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, part) => values.slice(part * size, (part + 1) * size));
}
