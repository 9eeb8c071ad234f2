import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from './attribute-values.ts';
import type { Change, Slot } from './layout.ts';

/** The map of permits within the map of a counter, made with the first of them. */
const PERMITS = 'p';

/** So many leave with each change at most: faster than they come, and far from the 300 operators that an expression may have. */
const MOST_DROPPED = 20;

export function permitsOf(map: Attributes | undefined): Attributes | undefined {
  return map?.[PERMITS]?.M;
}

export function permitValue(map: Attributes | undefined, id: string): AttributeValue | undefined {
  const permits = permitsOf(map);
  return permits && Object.hasOwn(permits, id) ? permits[id] : undefined;
}

export function permitPath({ path, terms }: Slot, id: string): string {
  return `${path}.${PERMITS}.${terms.name(id)}`;
}

/** That the permit is what was seen. */
export function asSeen(slot: Slot, id: string, seen: AttributeValue | undefined): string {
  const path = permitPath(slot, id);
  return seen === undefined ? `attribute_not_exists(${path})` : `${path} = ${slot.terms.value(seen)}`;
}

/** Whether the counter has had permits is as was seen: a path through a map that is not there is an error. */
export function hadPermits({ path }: Slot, map: Attributes | undefined): string {
  const exists = permitsOf(map) === undefined ? 'attribute_not_exists' : 'attribute_exists';
  return `${exists}(${path}.${PERMITS})`;
}

/** Adds a permit in the place of what was seen of it. */
export function grant(slot: Slot, map: Attributes | undefined, id: string, value: AttributeValue): Change {
  const { path, terms } = slot;
  const conditions = [hadPermits(slot, map), asSeen(slot, id, permitValue(map, id))];
  if (permitsOf(map) !== undefined)
    return { set: [`${permitPath(slot, id)} = ${terms.value(value)}`], conditions };
  return { set: [`${path}.${PERMITS} = ${terms.value({ M: { [id]: value } })}`], conditions };
}

/** Ids of some permits that have ended, but for this one. */
export function endedPermits(
  map: Attributes | undefined,
  hasEnded: (value: AttributeValue) => boolean,
  except: string,
): readonly string[] {
  const ended: string[] = [];
  for (const [id, value] of Object.entries(permitsOf(map) ?? {})) {
    if (id !== except && hasEnded(value)) ended.push(id);
    if (ended.length === MOST_DROPPED) break;
  }
  return ended;
}

/** Drops permits that have ended, unless somebody else has them again. */
export function dropEnded(slot: Slot, map: Attributes | undefined, ids: readonly string[]): Change {
  return {
    remove: ids.map((id) => permitPath(slot, id)),
    conditions: ids.map(
      (id) => `${asSeen(slot, id, undefined)} OR ${asSeen(slot, id, permitValue(map, id))}`,
    ),
  };
}

/** The fields of a new counter with this one permit. */
export function firstPermit(id: string, value: AttributeValue): Attributes {
  return { [PERMITS]: { M: { [id]: value } } };
}
