import { layoutOf } from './counter.ts';
import type { Update } from './items.ts';
import type { Attributes } from './layout.ts';
import { SLACK_MS } from './update.ts';

/** So many counters fit into one write unit. */
const ENOUGH = 8;

/** An expression has at most 300 operators: here two for each counter. */
const MOST_AT_ONCE = 100;

/**
 * The update that drops the counters of an item that have long counted nothing; `undefined` while there are few. Without it the
 * item of a key that is always in use, asked with ever other windows, would grow to the 400 KB that DynamoDB takes.
 */
export function sweepOf(itemKey: string, item: Attributes, nowMs: number): Update | undefined {
  const counters = Object.entries(item).flatMap(([name, { M: map }]) => {
    const found = layoutOf(name);
    return found === undefined || map === undefined
      ? []
      : [{ name, map, expiresAtMs: found.layout.decode(map, found.windowMs).expiresAtMs }];
  });
  const expired = counters.filter(({ expiresAtMs }) => expiresAtMs + SLACK_MS < nowMs).slice(0, MOST_AT_ONCE);
  if (counters.length <= ENOUGH || expired.length === 0) return undefined;
  return {
    Key: { key: { S: itemKey } },
    UpdateExpression: `REMOVE ${expired.map((_, index) => `#g${index}`).join(', ')}`,
    ConditionExpression: expired.map((_, index) => `#g${index} = :g${index}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(expired.map(({ name }, index) => [`#g${index}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      expired.map(({ map }, index) => [`:g${index}`, { M: map }]),
    ),
  };
}
