import { numberValue } from './attribute-values.ts';
import { together } from './changes.ts';
import type { Counter } from './counter.ts';
import type { Update } from './items.ts';
import type { Change } from './layout.ts';
import type { Terms } from './terms.ts';
import { createTerms } from './terms.ts';

/**
 * How long an item stays after it counts nothing any more: far longer than clocks differ, since an item that DynamoDB has
 * deleted gives back all units at once.
 */
export const SLACK_MS = 3_600_000;

/** How much later than needed an item is set to expire, so that it has to be put off once a day at most. */
const HEADROOM_SECONDS = 86_400;

/** The end of the year 9999, for an item that stays for ever. */
const LAST_SECOND = 253_402_300_799;

/** What is done to one counter. */
export interface Part {
  readonly counter: Counter;
  /** The item's time to live as it was seen, in Unix seconds. */
  readonly itemExpiresAt: number | undefined;
  /** Until when the item has to stay; absent: what is there is enough. */
  readonly neededUntilMs?: number;
  /** Terms that are not used are an error. */
  change(terms: Terms): Change;
}

/** The one update that does all the parts, counters of one item, if all that they take for granted is so. */
export function updateOf(itemKey: string, parts: readonly Part[]): Update {
  const terms = createTerms();
  const changes = parts.map((part) => part.change(terms));
  const { set = [], remove = [], conditions } = together(...changes, stayOf(parts, terms));
  const clauses = [
    ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
  ];
  return {
    Key: { key: { S: itemKey } },
    UpdateExpression: clauses.join(' '),
    ConditionExpression: conditions.map((each) => `(${each})`).join(' AND '),
    ExpressionAttributeNames: terms.names,
    ExpressionAttributeValues: terms.values,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Sees to it that the item lasts as long as any of its counters, without ever shortening what another has asked for. */
function stayOf(parts: readonly Part[], terms: Terms): Change | undefined {
  const needed = parts.map(({ neededUntilMs }) => neededUntilMs).filter((each) => each !== undefined);
  if (needed.length === 0) return undefined;
  const path = terms.name('expiresAt');
  const neededSecond = Math.min(LAST_SECOND, Math.ceil((Math.max(...needed) + SLACK_MS) / 1000));
  const seen = parts.find(({ itemExpiresAt }) => itemExpiresAt !== undefined)?.itemExpiresAt;
  if (seen !== undefined && seen >= neededSecond)
    // An update has to set something, also where each part only makes sure of what is there.
    return { set: [`${path} = ${path}`], conditions: [`${path} >= ${terms.number(neededSecond)}`] };
  const until = terms.value(numberValue(Math.min(LAST_SECOND, neededSecond + HEADROOM_SECONDS)));
  return {
    set: [`${path} = ${until}`],
    conditions: [`attribute_not_exists(${path}) OR ${path} < ${until}`],
  };
}
