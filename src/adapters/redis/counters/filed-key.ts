import { hash } from 'node:crypto';

const DIGEST_PREFIX = 'sha256:';
const PLAIN = /^[\w.:@/+=-]{1,128}$/;

/**
 * The name under which a rate-limit key is filed: itself when it is short and plain, so that an operator finds it, else a
 * digest. Neither has a brace, which would end the hash tag. A key that looks like a digest becomes one itself, so that no two meet.
 */
export function filedKey(key: string): string {
  if (PLAIN.test(key) && !key.startsWith(DIGEST_PREFIX)) return key;
  // As UTF-8, all lone surrogates would be the same.
  return DIGEST_PREFIX + hash('sha256', Buffer.from(key, 'utf16le'), 'base64url');
}
