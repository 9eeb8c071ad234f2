import type { Item } from './attributes.ts';
import { integerOf, number } from './attributes.ts';

/**
 * `expiresAt` (milliseconds) decides. `ttl` (whole seconds, rounded up) is for DynamoDB alone, which removes an item some time
 * after it, up to days later (Developer Guide, "How it works: DynamoDB Time to Live"), and shows it to readers until then.
 */
export function expiryAttributes(expiresAtMs: number | undefined): Item {
  if (expiresAtMs === undefined) return {};
  return { expiresAt: number(expiresAtMs), ttl: number(Math.ceil(expiresAtMs / 1000)) };
}

export function isExpired(item: Item, nowMs: number): boolean {
  return item.expiresAt !== undefined && integerOf(item, 'expiresAt') <= nowMs;
}
