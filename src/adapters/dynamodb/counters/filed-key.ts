import { hash } from 'node:crypto';

/** So that even the longest key leaves most of a write unit, 1,024 bytes, to the counters. DynamoDB takes keys of 1 to 2,048 bytes. */
const MAX_PLAIN_BYTES = 255;
const DIGEST_PREFIX = 'sha256:';

/**
 * The `key` of the item of a rate-limit key: itself where DynamoDB can hold it and it is short, so that an operator finds it,
 * else a digest. A key that looks like a digest becomes one itself, so that no two meet.
 */
export function filedKey(key: string): string {
  const isPlain = key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= MAX_PLAIN_BYTES;
  if (isPlain && !key.startsWith(DIGEST_PREFIX)) return key;
  // As UTF-8, all lone surrogates would be the same.
  return DIGEST_PREFIX + hash('sha256', Buffer.from(key, 'utf16le'), 'base64url');
}
