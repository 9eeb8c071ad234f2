import { hash } from 'node:crypto';

/** So that even the longest key leaves most of a write unit, 1,024 bytes, to the counters. DynamoDB takes keys of 1 to 2,048 bytes. */
const MAX_PLAIN_BYTES = 255;

/** No longer than a digest. */
const PLAIN_PERMIT = /^[a-z0-9][\w.:@/+=-]{0,49}$/i;

const DIGEST_PREFIX = 'sha256:';

/**
 * The `key` of the item of a rate-limit key: itself where DynamoDB can hold it and it is short, so that an operator finds it,
 * else a digest. A key that looks like a digest becomes one itself, so that no two meet.
 */
export function filedKey(key: string): string {
  const isPlain = key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= MAX_PLAIN_BYTES;
  return isPlain && !key.startsWith(DIGEST_PREFIX) ? key : digestOf(key);
}

/**
 * The name of a permit in the map of permits, likewise: so thousands fit into the 400 KB of an item whatever they are called. The
 * SDK loses a `__proto__` (client-dynamodb 3.1164, `reduce` over the entries of a map).
 */
export function filedPermitId(permitId: string): string {
  const isPlain = PLAIN_PERMIT.test(permitId) && !permitId.startsWith(DIGEST_PREFIX);
  return isPlain ? permitId : digestOf(permitId);
}

function digestOf(text: string): string {
  // As UTF-8, all lone surrogates would be the same.
  return DIGEST_PREFIX + hash('sha256', Buffer.from(text, 'utf16le'), 'base64url');
}
