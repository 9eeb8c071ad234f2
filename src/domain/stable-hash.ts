const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const encoder = new TextEncoder();

/**
 * 16 hexadecimal digits of a text, the same on every machine and in every version: two MurmurHash3_x86_32 (Austin Appleby,
 * public domain) of its UTF-8 bytes, with the seeds 0 and 1. To tell things apart, not to keep secrets: collisions can be made.
 */
export function stableHash(text: string): string {
  const bytes = encoder.encode(text);
  return hex(murmur3(bytes, 0)) + hex(murmur3(bytes, 1));
}

/** MurmurHash3_x86_32 as an unsigned number. */
export function murmur3(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed;
  for (let at = 0; at < whole; at += 4) {
    hash = rotated(hash ^ scrambled(view.getUint32(at, true)), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= scrambled(tailOf(bytes, whole));
  return finished(hash ^ bytes.length);
}

function tailOf(bytes: Uint8Array, from: number): number {
  let tail = 0;
  for (let at = bytes.length - 1; at >= from; at -= 1) tail = (tail << 8) | (bytes[at] ?? 0);
  return tail;
}

function scrambled(block: number): number {
  return Math.imul(rotated(Math.imul(block, C1), 15), C2);
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finished(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
