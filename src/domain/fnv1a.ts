/**
 * Fowler-Noll-Vo 1a, 32 bits, over UTF-16 code units: a quick spread of short texts over shards, of which collisions can be made.
 * What is stored depends on it: it never changes.
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
