import { offHeap } from './off-heap.ts';

/** A small hash table of whole numbers of 32 bits, none of them {@link EMPTY}. */
export interface HashShard {
  /** As many as a power of two; others when it has grown. */
  readonly places: Int32Array;
  readonly add: (entry: number) => void;
  /** One that is there. */
  readonly remove: (entry: number) => void;
  /** Puts one in the place of another with the same hash. */
  readonly replace: (entry: number, by: number) => void;
}

export const EMPTY = 0;
const LEAST_PLACES = 8;

/**
 * Open addressing with linear probing, at most three quarters full, whose removals close the gap (D. E. Knuth, The Art of Computer
 * Programming 3, 6.4, algorithm R).
 */
export function createHashShard(hashOf: (entry: number) => number): HashShard {
  let mask = LEAST_PLACES - 1;
  let size = 0;
  const shard = { places: createPlaces(LEAST_PLACES), add, remove, replace };
  return shard;

  function add(entry: number): void {
    size += 1;
    if (4 * size > 3 * shard.places.length) widen();
    put(entry);
  }

  /** Closes the gap: moves up what would no longer be found behind it. */
  function remove(entry: number): void {
    const { places } = shard;
    size -= 1;
    let gap = placeOf(entry, hashOf(entry));
    for (let place = (gap + 1) & mask; places[place] !== EMPTY; place = (place + 1) & mask) {
      const other = places[place] as number;
      const away = (place - hashOf(other)) & mask;
      if (away < ((place - gap) & mask)) continue;
      places[gap] = other;
      gap = place;
    }
    places[gap] = EMPTY;
  }

  function replace(entry: number, by: number): void {
    shard.places[placeOf(entry, hashOf(entry))] = by;
  }

  function put(entry: number): void {
    shard.places[placeOf(EMPTY, hashOf(entry))] = entry;
  }

  /** Where an entry is, or the place for one with that hash. */
  function placeOf(entry: number, hash: number): number {
    let place = hash & mask;
    while (shard.places[place] !== entry) place = (place + 1) & mask;
    return place;
  }

  function widen(): void {
    const old = shard.places;
    shard.places = createPlaces(2 * old.length);
    mask = shard.places.length - 1;
    for (const entry of old) if (entry !== EMPTY) put(entry);
  }
}

function createPlaces(places: number): Int32Array {
  return new Int32Array(offHeap(places * Int32Array.BYTES_PER_ELEMENT));
}
