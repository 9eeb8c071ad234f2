import { fnv1a } from '../../domain/fnv1a.ts';

/**
 * Index keys with few values are spread over `shards` partitions, since one partition takes 1,000 write units a second and no
 * more (DynamoDB developer guide, "Best practices for designing partition keys"): `drama#0`, `drama#1`, ... With one shard
 * the key is the plain value.
 */
export function shardedKey(value: string, id: string, shards: number): string {
  return shards === 1 ? value : `${value}#${fnv1a(id) % shards}`;
}

/** Every key that {@link shardedKey} can make of a value. */
export function shardKeys(value: string, shards: number): readonly string[] {
  return shards === 1 ? [value] : Array.from({ length: shards }, (_, shard) => `${value}#${shard}`);
}
