import type { LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Policy } from '../../../domain/limits/policy.ts';
import type { Decision } from '../../../ports/counter-store.ts';
import type { Attributes } from './attribute-values.ts';
import type { Terms } from './terms.ts';

/** What an update does to one counter, if all of its conditions hold. */
export interface Change {
  readonly set?: readonly string[];
  readonly remove?: readonly string[];
  readonly conditions: readonly string[];
}

/** Where the expressions of a change are written. */
export interface Slot {
  /** The placeholder of the counter's attribute. */
  readonly path: string;
  readonly terms: Terms;
}

/** What a counter is believed to be. Only the conditions of a change decide: a wrong belief costs a call, never a unit. */
export interface Belief {
  /** The attribute as it was seen; `undefined`: the item has none. */
  readonly map: Attributes | undefined;
  /** What of it counts at that moment; `undefined`: nothing is taken. */
  readonly state: LimitState | undefined;
  readonly at: Moment;
}

export interface Taking {
  readonly policy: Policy;
  readonly units: number;
  /** As it is filed. Not known, as far as is believed. */
  readonly permitId: string | undefined;
  /** Whether the units are believed to be there. */
  readonly fits: boolean;
  /** Whether it must fail unless exactly what is believed is taken. */
  readonly isExact: boolean;
}

export interface Renewal {
  readonly windowMs: number;
  /** As it is filed, and known as far as is believed. */
  readonly permitId: string;
}

export interface GivingBack {
  readonly policy: Omit<Policy, 'limit'>;
  readonly units: number;
  /** As it is filed, with what it is believed to be; `undefined`: the units that were taken last. */
  readonly permit: (Permit & { readonly id: string }) | undefined;
}

/** How the counters of one algorithm are kept, each in a map attribute with its permits. */
export interface CounterLayout {
  /** The longest that anybody waits until all units are there, on a clock that all agree on. */
  longestMs(windowMs: number): number;
  /** `undefined`: nothing is taken. */
  decode(map: Attributes, windowMs: number): LimitState | undefined;
  look(state: LimitState | undefined, policy: Policy, cost: number, at: Moment): Decision;
  /** A permit, whose time may be over. */
  permit(map: Attributes, id: string, windowMs: number): Permit | undefined;
  /**
   * Takes the units, and holds however many others take some at the same time unless it has to be exact. Fails if there is no
   * room, or if the permit is not what is believed.
   */
  take(taking: Taking, belief: Belief, slot: Slot): Change;
  /** For a request whose permit is known: fails unless it is. */
  renew(renewal: Renewal, belief: Belief, slot: Slot): Change;
  /** Gives units back to a counter that counts something. */
  giveBack(returned: GivingBack, belief: Belief, slot: Slot): Change;
}
