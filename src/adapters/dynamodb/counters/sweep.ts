import type { Attributes } from './attribute-values.ts';
import { isBlock, layoutOf } from './counter.ts';
import { SLACK_MS } from './item-update.ts';
import type { Update } from './items.ts';

/** So many counters fit into one write unit. */
const ENOUGH = 8;

/** An expression has at most 300 operators: here two for each counter. */
const MOST_AT_ONCE = 100;

/**
 * The update that drops the counters and blocks of an item that have long said nothing; `undefined` while there are few. Without
 * it the item of a key that is always in use, asked with ever other windows, would grow to the 400 KB that DynamoDB takes.
 */
export function sweepOf(itemKey: string, item: Attributes, nowMs: number): Update | undefined {
  const ends = Object.entries(item).flatMap(([name, value]) => {
    const endMs = endOf(name, value);
    return endMs === undefined ? [] : [{ name, value, endMs }];
  });
  const over = ends.filter(({ endMs }) => endMs + SLACK_MS < nowMs).slice(0, MOST_AT_ONCE);
  if (ends.length <= ENOUGH || over.length === 0) return undefined;
  return {
    Key: { key: { S: itemKey } },
    UpdateExpression: `REMOVE ${over.map((_, index) => `#g${index}`).join(', ')}`,
    ConditionExpression: over.map((_, index) => `#g${index} = :g${index}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(over.map(({ name }, index) => [`#g${index}`, name])),
    ExpressionAttributeValues: Object.fromEntries(over.map(({ value }, index) => [`:g${index}`, value])),
    ReturnValues: 'NONE',
  };
}

/** `undefined`: neither a counter nor a block. */
function endOf(name: string, { M: map, N: digits }: Attributes[string]): number | undefined {
  if (isBlock(name)) return Number(digits);
  const found = layoutOf(name);
  if (found === undefined || map === undefined) return undefined;
  return found.layout.decode(map, found.windowMs)?.expiresAtMs ?? Number.NEGATIVE_INFINITY;
}
