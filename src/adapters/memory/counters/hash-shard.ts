import { offHeap } from './off-heap.ts';

/** A small hash table of whole numbers of 32 bits, none of them {@link EMPTY}. */
export interface HashShard {
  /** As many as a power of two. */
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
  let places = createPlaces(LEAST_PLACES);
  let mask = LEAST_PLACES - 1;
  let size = 0;

  function put(entry: number): void {
    places[placeOf(EMPTY, hashOf(entry))] = entry;
  }

  /** Where an entry is, or the place for one with that hash. */
  function placeOf(entry: number, hash: number): number {
    let place = hash & mask;
    while (places[place] !== entry) place = (place + 1) & mask;
    return place;
  }

  function widen(): void {
    const old = places;
    places = createPlaces(2 * old.length);
    mask = places.length - 1;
    for (const entry of old) if (entry !== EMPTY) put(entry);
  }

  /** Empties a place, and moves up what would no longer be found behind it. */
  function close(from: number): void {
    let gap = from;
    for (let place = (gap + 1) & mask; places[place] !== EMPTY; place = (place + 1) & mask) {
      const entry = places[place] as number;
      const away = (place - hashOf(entry)) & mask;
      if (away < ((place - gap) & mask)) continue;
      places[gap] = entry;
      gap = place;
    }
    places[gap] = EMPTY;
  }

  return {
    get places() {
      return places;
    },
    add: (entry) => {
      size += 1;
      if (4 * size > 3 * places.length) widen();
      put(entry);
    },
    remove: (entry) => {
      size -= 1;
      close(placeOf(entry, hashOf(entry)));
    },
    replace: (entry, by) => {
      places[placeOf(entry, hashOf(entry))] = by;
    },
  };
}

function createPlaces(places: number): Int32Array {
  return new Int32Array(offHeap(places * Int32Array.BYTES_PER_ELEMENT));
}
