import { fnv1a } from '../../../domain/fnv1a.ts';

/** Where a program and its place in its category live. */
export function shardOf(programId: string, shards: number): number {
  return shards === 1 ? 0 : fnv1a(programId) % shards;
}
