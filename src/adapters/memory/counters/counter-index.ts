import { createHash } from 'node:crypto';
import { fnv1a } from '../../../domain/fnv1a.ts';
import type { Counter } from './counter.ts';

/** Counters by key, and within a key by name. */
export interface CounterIndex {
  readonly get: (key: string, name: string) => Counter | undefined;
  /** Every counter of the key. */
  readonly all: (key: string) => readonly Counter[];
  readonly add: (counter: Counter) => void;
  readonly remove: (counter: Counter) => void;
}

// A Map that doubles moves all of its entries at once, some 40 ms at a million. Each of many small ones moves a few.
const SHARDS = 256;
const KEPT_KEY_LENGTH = 128;
const DIGEST_PREFIX = 'sha256:';

/**
 * The key to file a counter under: long keys as a digest, so that memory is bounded by the number of counters alone. A
 * short key that looks like a digest becomes one itself, so that no two keys meet.
 */
export function filedKey(key: string): string {
  if (key.length <= KEPT_KEY_LENGTH && !key.startsWith(DIGEST_PREFIX)) return key;
  // As UTF-8, all lone surrogates would be the same.
  return DIGEST_PREFIX + createHash('sha256').update(key, 'utf16le').digest('base64');
}

export function createCounterIndex(): CounterIndex {
  // Most keys have one counter: a map of their own is made for the second.
  const shards = Array.from({ length: SHARDS }, () => new Map<string, Counter | Map<string, Counter>>());
  const shardOf = (key: string) => shards[fnv1a(key) % SHARDS] ?? new Map<string, never>();

  return {
    get: (key, name) => {
      const found = shardOf(key).get(key);
      if (found instanceof Map) return found.get(name);
      return found?.name === name ? found : undefined;
    },
    all: (key) => {
      const found = shardOf(key).get(key);
      if (found === undefined) return [];
      return found instanceof Map ? [...found.values()] : [found];
    },
    add: (counter) => {
      const shard = shardOf(counter.key);
      const found = shard.get(counter.key);
      if (found === undefined) shard.set(counter.key, counter);
      else if (found instanceof Map) found.set(counter.name, counter);
      else shard.set(counter.key, mapOf(found, counter));
    },
    remove: ({ key, name }) => {
      const shard = shardOf(key);
      const found = shard.get(key);
      if (found instanceof Map) found.delete(name);
      if (!(found instanceof Map) || found.size === 0) shard.delete(key);
    },
  };
}

function mapOf(...counters: readonly Counter[]): Map<string, Counter> {
  return new Map(counters.map((counter) => [counter.name, counter]));
}
