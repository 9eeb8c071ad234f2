import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { BasicCounterRequest } from '../../../ports/counter-store.ts';

export type Attributes = Record<string, AttributeValue>;

/** A change of one counter, `#g` in the expressions, that is made only if the condition holds. */
export interface Change {
  readonly set: string;
  readonly condition: string;
  readonly values: Attributes;
}

/** What a counter is believed to be. Only the conditions of a change decide: a wrong belief costs a call, never a unit. */
export interface Belief<State extends LimitState> {
  /** `undefined`: nothing is kept. */
  readonly state: State | undefined;
  /** Whether the units of the request would be there. */
  readonly fits: boolean;
  readonly nowMs: number;
}

/** How the state of one algorithm is kept in a map of numbers. */
export interface CounterLayout<State extends LimitState> {
  /** The longest that anybody waits until all units are there, on a clock that all agree on. */
  longestMs(windowMs: number): number;
  encode(state: State): Attributes;
  decode(map: Attributes, windowMs: number): State;
  /**
   * The change that takes the units and holds however many others take some at the same time; `undefined` where only
   * replacing exactly what is believed will do. If there is no room it must fail.
   */
  take(request: BasicCounterRequest, belief: Belief<State>): Change | undefined;
}
