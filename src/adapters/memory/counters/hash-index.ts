import type { Counter } from './counter.ts';
import type { HashShard } from './hash-shard.ts';
import { createHashShard, EMPTY } from './hash-shard.ts';

/** Counters by a hash of what names them. */
export interface HashIndex<Id> {
  readonly find: (hash: number, id: Id) => Counter | undefined;
  /** One whose id is not there. */
  readonly add: (counter: Counter) => void;
  /** One that is there. */
  readonly remove: (counter: Counter) => void;
  /** Puts one in the place of another with the same id. */
  readonly replace: (counter: Counter, by: Counter) => void;
}

export interface HashIndexOptions<Id> {
  /** Counters are numbers below it. */
  readonly maxCounters: number;
  /** Of the id of a counter that is there: 32 bits, as a signed integer. */
  readonly hashOf: (counter: Counter) => number;
  readonly isOf: (counter: Counter, id: Id) => boolean;
}

// A table that doubles moves all that is in it. Of many small ones each moves a thousand or two.
const SHARD_BITS = 10;
const SHARDS = 1 << SHARD_BITS;

/**
 * Many small hash tables, whose entries are four bytes: among a million counters most reads are of memory that no cache has. An entry is
 * the number of a counter, plus one, below as many bits of its hash as there is room for, so that hardly a wrong one is looked at.
 */
export function createHashIndex<Id>({ maxCounters, hashOf, isOf }: HashIndexOptions<Id>): HashIndex<Id> {
  const numberMask = 2 ** Math.min(32, Math.ceil(Math.log2(Math.max(1, maxCounters) + 1))) - 1;
  const tagMask = ~numberMask;
  const shards: (HashShard | undefined)[] = Array.from({ length: SHARDS }, () => undefined);

  const counterOf = (entry: number): Counter => (entry & numberMask) - 1;
  const entryOf = (counter: Counter) => (hashOf(counter) & tagMask) | (counter + 1);
  const placeHashOf = (entry: number) => hashOf(counterOf(entry)) >>> SHARD_BITS;

  function shardOf(counter: Counter): HashShard {
    const number = hashOf(counter) & (SHARDS - 1);
    const shard = shards[number] ?? createHashShard(placeHashOf);
    shards[number] = shard;
    return shard;
  }

  return {
    find: (hash, id) => {
      const shard = shards[hash & (SHARDS - 1)];
      if (shard === undefined) return undefined;
      const { places } = shard;
      const mask = places.length - 1;
      for (let place = (hash >>> SHARD_BITS) & mask; ; place = (place + 1) & mask) {
        const entry = places[place] as number;
        if (entry === EMPTY) return undefined;
        if (((entry ^ hash) & tagMask) === 0 && isOf(counterOf(entry), id)) return counterOf(entry);
      }
    },
    add: (counter) => shardOf(counter).add(entryOf(counter)),
    remove: (counter) => shardOf(counter).remove(entryOf(counter)),
    replace: (counter, by) => shardOf(counter).replace(entryOf(counter), entryOf(by)),
  };
}
