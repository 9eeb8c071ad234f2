import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ConcurrencyState, Lease } from '../../../domain/limits/concurrency.ts';
import { concurrency } from '../../../domain/limits/concurrency.ts';
import type { Attributes } from './attribute-values.ts';
import { digitsOf, mapValue, numberValue } from './attribute-values.ts';
import { plus } from './changes.ts';
import type { Belief, Change, CounterLayout, Slot, Taking } from './layout.ts';
import { asSeen, firstPermit, permitPath, permitsOf, permitValue } from './permits.ts';

interface HeldLease extends Lease {
  readonly id: string;
}

/** So many ended leases leave with a change: an expression has at most 300 operators, and three here for each. */
const MOST_DROPPED = 80;

/**
 * The permits are the leases, each its units and its end; `h` the units of all of them, those that have ended included until they
 * leave with the next taking.
 */
export const concurrencyLayout: CounterLayout = {
  longestMs: (windowMs) => windowMs,

  decode(map): ConcurrencyState | undefined {
    const leases = leasesOf(map);
    const last = leases.at(-1);
    return last && { held: Number(digitsOf(map.h)), leases, expiresAtMs: last.untilMs };
  },

  look: (state, policy, cost, at) => concurrency.look(state, policy, cost, at),

  permit(map, id, windowMs) {
    const value = permitValue(map, id);
    const lease = value && leaseOf(id, value);
    return lease && { units: lease.units, atMs: lease.untilMs - windowMs, untilMs: lease.untilMs };
  },

  take(taking, belief, slot) {
    const { map, at } = belief;
    if (map === undefined) return begin(taking, belief, slot);
    const ended = leasesOf(map).filter(({ untilMs }) => untilMs <= at.steadyMs);
    return ended.length > MOST_DROPPED
      ? replaceAll(taking, map, belief, slot)
      : takeTheirPlace(taking, ended, { ...belief, map }, slot);
  },

  renew({ permitId, windowMs }, { map, at }, slot) {
    const seen = permitValue(map, permitId);
    const lease = seen && leaseOf(permitId, seen);
    const untilMs = Math.max(lease?.untilMs ?? 0, at.steadyMs + windowMs);
    const renewed = slot.terms.value(leaseValue({ units: lease?.units ?? 0, untilMs }));
    return {
      set: seen ? [`${permitPath(slot, permitId)} = ${renewed}`] : [],
      conditions: [asSeen(slot, permitId, seen)],
    };
  },

  giveBack({ permit }, { map }, slot) {
    if (permit === undefined) throw new TypeError('nobody can say which units these are');
    return {
      set: [plus(`${slot.path}.h`, slot, -permit.units)],
      remove: [permitPath(slot, permit.id)],
      conditions: [asSeen(slot, permit.id, permitValue(map, permit.id))],
    };
  },
};

function begin(taking: Taking, { at }: Belief, { path, terms }: Slot): Change {
  const { id, ...lease } = newLease(taking, at.steadyMs);
  const fields = { h: numberValue(lease.units), ...firstPermit(id, leaseValue(lease)) };
  return {
    set: [`${path} = ${terms.value(mapValue(fields))}`],
    conditions: [`attribute_not_exists(${path})`],
  };
}

/** Takes units in the place of those that have ended. */
function takeTheirPlace(
  taking: Taking,
  ended: readonly HeldLease[],
  { map, at }: Belief & { readonly map: Attributes },
  slot: Slot,
): Change {
  const { id, ...lease } = newLease(taking, at.steadyMs);
  const others = ended.filter((each) => each.id !== id);
  const freed = ended.reduce((total, { units }) => total + units, 0);
  const held = `${slot.path}.h`;
  return {
    set: [
      plus(held, slot, lease.units - freed),
      `${permitPath(slot, id)} = ${slot.terms.value(leaseValue(lease))}`,
    ],
    remove: others.map((each) => permitPath(slot, each.id)),
    conditions: [
      `${held} <= ${slot.terms.number(taking.policy.limit - lease.units + freed)}`,
      ...(taking.isExact ? [`${held} = ${slot.terms.number(BigInt(digitsOf(map.h)))}`] : []),
      asSeen(slot, id, permitValue(map, id)),
      ...others.map((each) => asSeen(slot, each.id, permitValue(map, each.id))),
    ],
  };
}

/** Replaces exactly what was seen by what of it holds something. */
function replaceAll(taking: Taking, map: Attributes, { at }: Belief, { path, terms }: Slot): Change {
  const lease = newLease(taking, at.steadyMs);
  const held = leasesOf(map).filter(({ untilMs, id }) => untilMs > at.steadyMs && id !== lease.id);
  const next = [...held, lease];
  const total = next.reduce((sum, { units }) => sum + units, 0);
  const permits = Object.fromEntries(next.map(({ id, ...each }) => [id, leaseValue(each)]));
  return {
    set: [`${path} = ${terms.value(mapValue({ h: numberValue(total), p: mapValue(permits) }))}`],
    conditions: [
      `${path} = ${terms.value(mapValue(map))}`,
      ...(taking.fits ? [] : [`${path}.h < ${terms.number(0)}`]),
    ],
  };
}

function newLease({ permitId, units, policy }: Taking, nowMs: number): HeldLease {
  if (permitId === undefined) throw new TypeError('nobody could give the units back');
  return { id: permitId, units, untilMs: nowMs + policy.windowMs };
}

/** In the order in which they end. */
function leasesOf(map: Attributes): readonly HeldLease[] {
  const leases = Object.entries(permitsOf(map) ?? {}).map(([id, value]) => leaseOf(id, value));
  return leases.sort((one, other) => one.untilMs - other.untilMs);
}

function leaseOf(id: string, { L: [units, untilMs] = [] }: AttributeValue): HeldLease {
  return { id, units: Number(digitsOf(units)), untilMs: Number(digitsOf(untilMs)) };
}

function leaseValue({ units, untilMs }: Lease): AttributeValue {
  return { L: [numberValue(units), numberValue(untilMs)] };
}
