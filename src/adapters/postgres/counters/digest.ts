import { hash } from 'node:crypto';

/** Stands for a text of any kind: Postgres takes neither NUL nor lone surrogates, and as UTF-8 all lone surrogates would be the same. */
export function digest(text: string): Buffer {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'buffer');
}
