/**
 * Where a program and its place in its category live: Fowler-Noll-Vo 1a, 32 bits, over UTF-16 code units. What is stored depends
 * on it: it never changes.
 */
export function shardOf(programId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < programId.length; index += 1)
    hash = Math.imul(hash ^ programId.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % shards;
}
