import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LimitAlgorithm, LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Attributes } from './attribute-values.ts';
import { fieldsAsSeen, setFields, together } from './changes.ts';
import type { Belief, Change, CounterLayout, GivingBack, Slot, Taking } from './layout.ts';
import { asSeen, dropEnded, endedPermits, firstPermit, grant, permitPath, permitValue } from './permits.ts';

/** A belief of a counter that counts something. */
export interface Counting<State extends LimitState> extends Belief {
  readonly map: Attributes;
  readonly state: State;
}

/** How the state of one algorithm that counts is kept in fields of a map, and its permits in a map within. */
export interface CounterForm<State extends LimitState> {
  /** The fields that are the state. */
  readonly fields: readonly string[];
  longestMs(windowMs: number): number;
  encode(state: State): Attributes;
  decode(map: Attributes, windowMs: number): State;
  /** The permit of units that are taken now from what is counted; `undefined`: from a new counter. */
  encodePermit(taking: Taking, state: State | undefined, at: Moment): AttributeValue;
  decodePermit(map: Attributes, id: string, value: AttributeValue, windowMs: number): Permit;
  /** Whether a permit has ended while others of the counter may not have. */
  hasEnded(permit: AttributeValue, windowMs: number, at: Moment): boolean;
  /** That the counter, if it is there, has the whole limit; absent: only if it is what was seen. */
  whole?(map: Attributes | undefined, windowMs: number, at: Moment, slot: Slot): string | undefined;
  /** Takes units from a counter that counts something; the permit is granted beside it. */
  add(taking: Taking, counting: Counting<State>, slot: Slot): Change;
  /** What else is kept of permits. */
  beside?: {
    /** In a new counter. */
    first(id: string, taking: Taking, at: Moment): Attributes;
    granted(id: string, taking: Taking, counting: Counting<State>, slot: Slot): readonly string[];
    removed(id: string, slot: Slot): readonly string[];
  };
  /** Gives units back so that some stay taken; `undefined` where only replacing exactly what is believed will do. */
  subtract(returned: GivingBack, next: State, counting: Counting<State>, slot: Slot): Change | undefined;
}

interface Kind<State extends LimitState> {
  readonly rules: LimitAlgorithm<State>;
  readonly form: CounterForm<State>;
}

/** Moves units by the rules of an algorithm; wherever it can by changes that hold while others take some too. */
export function countingLayout<State extends LimitState>(
  rules: LimitAlgorithm<State>,
  form: CounterForm<State>,
): CounterLayout {
  const kind = { rules, form };
  return {
    longestMs: form.longestMs,
    decode: form.decode,
    look: (state, policy, cost, at) => rules.look(state as State | undefined, policy, cost, at),

    permit(map, id, windowMs) {
      const value = permitValue(map, id);
      return value && form.decodePermit(map, id, value, windowMs);
    },

    take(taking, belief, slot) {
      const counting = countingOf<State>(belief);
      if (counting === undefined) return begin(kind, taking, belief, slot);
      const exactly = taking.isExact ? asSeenIn(form, counting.map, slot) : undefined;
      const granted = grantTo(kind, taking, counting, slot);
      return together(form.add(taking, counting, slot), granted, exactly);
    },

    renew: ({ permitId }, { map }, slot) => ({
      conditions: [asSeen(slot, permitId, permitValue(map, permitId))],
    }),

    giveBack(returned, belief, slot) {
      const counting = countingOf<State>(belief);
      if (counting === undefined) throw new TypeError('there is nothing to give units back to');
      return giveBackTo(kind, returned, counting, slot);
    },
  };
}

/** States are of the layout's own making. */
function countingOf<State extends LimitState>({ map, state, at }: Belief): Counting<State> | undefined {
  return map === undefined || state === undefined ? undefined : { map, state: state as State, at };
}

/** A new counter in the place of one that has the whole limit, and of its permits. */
function begin<State extends LimitState>(
  { rules, form }: Kind<State>,
  taking: Taking,
  { map, at }: Belief,
  slot: Slot,
): Change {
  const { policy, units, permitId: id } = taking;
  const fields = {
    ...form.encode(rules.spend(undefined, policy, units, at)),
    ...(id !== undefined && firstPermit(id, form.encodePermit(taking, undefined, at))),
    ...(id !== undefined && form.beside?.first(id, taking, at)),
  };
  const whole = [
    `attribute_not_exists(${slot.path})`,
    form.whole?.(map, policy.windowMs, at, slot),
    map && asSeenIn(form, map, slot).conditions.join(' AND '),
  ];
  return {
    set: [`${slot.path} = ${slot.terms.value({ M: fields })}`],
    conditions: [whole.filter((one) => one !== undefined).join(' OR ')],
  };
}

function grantTo<State extends LimitState>(
  { form }: Kind<State>,
  taking: Taking,
  counting: Counting<State>,
  slot: Slot,
): Change | undefined {
  const { permitId: id, policy } = taking;
  if (id === undefined) return undefined;
  const { map, state, at } = counting;
  const ended = endedPermits(map, (value) => form.hasEnded(value, policy.windowMs, at), id);
  return together(grant(slot, map, id, form.encodePermit(taking, state, at)), dropEnded(slot, map, ended), {
    set: form.beside?.granted(id, taking, counting, slot) ?? [],
    remove: ended.flatMap((each) => form.beside?.removed(each, slot) ?? []),
    conditions: [],
  });
}

function giveBackTo<State extends LimitState>(
  { rules, form }: Kind<State>,
  returned: GivingBack,
  counting: Counting<State>,
  slot: Slot,
): Change {
  const { map, state, at } = counting;
  const { permit, policy, units } = returned;
  const next = rules.giveBack(state, policy, { units, permit }, at);
  const removed = permit && removal(form, permit.id, map, slot);
  if (next === state) return together(removed);
  if (next !== undefined) {
    const change = form.subtract(returned, next, counting, slot);
    return together(change ?? replacement(form, map, next, slot), removed);
  }
  // The permits go with the counter.
  const { conditions } = together(asSeenIn(form, map, slot), removed);
  return { remove: [slot.path], conditions };
}

function removal<State extends LimitState>(
  form: CounterForm<State>,
  id: string,
  map: Attributes,
  slot: Slot,
): Change {
  return {
    remove: [permitPath(slot, id), ...(form.beside?.removed(id, slot) ?? [])],
    conditions: [asSeen(slot, id, permitValue(map, id))],
  };
}

function replacement<State extends LimitState>(
  form: CounterForm<State>,
  map: Attributes,
  next: State,
  slot: Slot,
): Change {
  return { ...asSeenIn(form, map, slot), set: setFields(slot, form.encode(next)) };
}

/** That the state is what was seen; others may come by permits, or lose them. */
function asSeenIn<State extends LimitState>(
  { fields }: CounterForm<State>,
  map: Attributes,
  slot: Slot,
): Change {
  const state = Object.entries(map).filter(([name]) => fields.includes(name));
  return { conditions: fieldsAsSeen(slot, Object.fromEntries(state)) };
}
