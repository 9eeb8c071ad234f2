import type { LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import type { BasicCounterRequest } from '../../../ports/counter-store.ts';
import { mapValue, numberValue } from './attribute-values.ts';
import type { Counter } from './counter.ts';
import type { Update } from './items.ts';
import type { Judgement } from './judge.ts';
import type { Attributes, Change } from './layout.ts';
import type { Sighting } from './sightings.ts';

/**
 * How long an item stays after it counts nothing any more: far longer than clocks differ, since an item that DynamoDB has
 * deleted gives back all units at once.
 */
export const SLACK_MS = 3_600_000;

/** How much later than needed an item is set to expire, so that it has to be put off once a day at most. */
const HEADROOM_SECONDS = 86_400;

/** The update that takes the units of the request, if what it takes for granted is so. */
export function updateOf(
  counter: Counter,
  request: BasicCounterRequest,
  sighting: Sighting | undefined,
  judgement: Judgement,
  at: Moment,
): Update {
  const change = changeOf(counter, request, sighting?.state, judgement, at);
  const lease = leaseOf(counter, sighting, at.steadyMs);
  return {
    Key: { key: { S: counter.itemKey } },
    UpdateExpression: `SET ${change.set}${lease.set}`,
    ConditionExpression: `(${change.condition}) AND ${lease.condition}`,
    ExpressionAttributeNames: { '#g': counter.attribute, '#e': 'expiresAt' },
    ExpressionAttributeValues: { ...change.values, ...lease.values },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

function changeOf(
  { rules, layout }: Counter,
  request: BasicCounterRequest,
  seen: LimitState | undefined,
  { decision, state }: Judgement,
  at: Moment,
): Change {
  const believed = { state, fits: decision.allowed, nowMs: at.steadyMs };
  // A state that is there and does not count is replaced: nothing can be added to it.
  const taken = seen === state ? layout.take(request, believed) : undefined;
  return (
    taken ??
    replacement(
      layout.encode(rules.spend(state, request.policy, request.cost, at)),
      seen && layout.encode(seen),
    )
  );
}

function replacement(next: Attributes, seen: Attributes | undefined): Change {
  return {
    set: '#g = :next',
    condition: seen === undefined ? 'attribute_not_exists(#g)' : '#g = :seen',
    values: { ':next': mapValue(next), ...(seen !== undefined && { ':seen': mapValue(seen) }) },
  };
}

/** Sees to it that the item lasts as long as any of its counters, without ever shortening what another has asked for. */
function leaseOf({ layout, windowMs }: Counter, sighting: Sighting | undefined, nowMs: number): Change {
  const endMs = Math.max(nowMs + layout.longestMs(windowMs), sighting?.state?.expiresAtMs ?? 0);
  const needed = Math.ceil((endMs + SLACK_MS) / 1000);
  if (sighting?.itemExpiresAt !== undefined && sighting.itemExpiresAt >= needed)
    return { set: '', condition: '#e >= :needed', values: { ':needed': numberValue(needed) } };
  return {
    set: ', #e = :until',
    condition: '(attribute_not_exists(#e) OR #e < :until)',
    values: { ':until': numberValue(needed + HEADROOM_SECONDS) },
  };
}
