import { randomUUIDv7 } from 'node:crypto';
import type { Ids } from '../../ports/ids.ts';

export function createUuidIds(): Ids {
  return { next: () => randomUUIDv7() };
}
