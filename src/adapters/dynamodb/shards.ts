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

/** Fowler-Noll-Vo 1a, 32 bits, over UTF-16 code units. What is stored depends on it: it never changes. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
