/**
 * Every key of ours, in one place. What stands in braces is the hash tag (Redis Cluster specification): keys with one tag are
 * in one slot, where a script can read and write them together. Names that may have any character are escaped; program ids
 * stand at the end of their keys and need no escape.
 */
export interface RedisKeys {
  /** Counters of one rate-limit key: a hash with a field for each algorithm and window. */
  counters(filedKey: string): string;
  /** A copy of a program; `shard` is where it and its category live. With the id `''`: what such keys begin with. */
  program(shard: number, programId: string): string;
  /** The ids of all programs of a shard, tombstones included. */
  programIds(shard: number): string;
  /** The programs of a category in a shard, by score. With the category `''`: what such keys begin with. */
  category(shard: number, category: string): string;
  /** The current snapshot of a ranked list, and what the snapshot holds. With the snapshot `''`: what such keys begin with. */
  listPointer(name: string): string;
  listCards(name: string, snapshotId: string): string;
  /** Anything of the activity store: all in one slot, since views are counted all or none. */
  activity(...parts: readonly string[]): string;
}

export function createRedisKeys(prefix: string): RedisKeys {
  return {
    counters: (filedKey) => `${prefix}limit:{${filedKey}}`,
    program: (shard, programId) => `${prefix}{hot:${shard}}:program:${programId}`,
    programIds: (shard) => `${prefix}{hot:${shard}}:ids`,
    category: (shard, category) => `${prefix}{hot:${shard}}:category:${escaped(category)}`,
    listPointer: (name) => `${prefix}{list:${escaped(name)}}:current`,
    listCards: (name, snapshotId) => `${prefix}{list:${escaped(name)}}:cards:${escaped(snapshotId)}`,
    activity: (...parts) => `${prefix}{activity}:${parts.join(':')}`,
  };
}

/** A text without spaces, braces, colons and control characters, another one for each text. */
export function escaped(text: string): string {
  if (text.isWellFormed()) return encodeURIComponent(text);
  // It throws for a lone surrogate, which JSON escapes. It never begins with two percent signs.
  return `%${encodeURIComponent(JSON.stringify(text))}`;
}
