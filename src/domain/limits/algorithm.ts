import type { Decision } from '../../ports/counter-store.ts';
import type { Permit, Return } from './permit.ts';
import type { Policy } from './policy.ts';

/** What a counter remembers. Each algorithm adds its own fields. */
export interface LimitState {
  /** Steady time in milliseconds from which on the state says nothing: all units are there, whatever limit is asked. */
  readonly expiresAtMs: number;
}

/**
 * A moment on two clocks, in whole milliseconds. Durations are measured on the steady one, which never goes backwards;
 * the wall clock only says where a window that is aligned to the epoch ends.
 */
export interface Moment {
  readonly steadyMs: number;
  readonly wallMs: number;
}

/** Pure rules of one algorithm. `undefined` is the state of a counter that nothing was taken from. */
export interface LimitAlgorithm<State extends LimitState> {
  /** Whether `cost` would pass at that moment, with what is there and when all of it will be. */
  look(state: State | undefined, policy: Policy, cost: number, at: Moment): Decision;

  /** The state after taking `cost`, which {@link look} allowed at that moment. */
  spend(state: State | undefined, policy: Policy, cost: number, at: Moment): State;

  /**
   * For a clock that may go back, as a store's does at a fail-over: a state that lies in the future, moved to where it no
   * longer does; any other as it is. Nothing comes back sooner for it than it would have by the time that really passed,
   * and all of it does within one window (`sliding-window`: a tenth more).
   */
  anchor(state: State, policy: Policy, at: Moment): State;

  /** What to remember of the units that {@link spend} has taken at that moment; `state` is the one after it. */
  permit(state: State, policy: Policy, units: number, at: Moment): Permit;

  /**
   * The state after units were given back, as if they had not been taken; those that have come back by themselves meanwhile
   * do not come twice. `undefined`: the whole limit is there, and no permit says anything any more.
   */
  giveBack(state: State, policy: Omit<Policy, 'limit'>, returned: Return, at: Moment): State | undefined;
}

export interface Taken<State> {
  readonly decision: Decision;
  /** `undefined`: denied, and the state stays what it was. */
  readonly next: State | undefined;
}

/** Takes `cost` when all of it is there, else nothing; the decision is as of after the taking. */
export function takeUnits<State extends LimitState>(
  algorithm: LimitAlgorithm<State>,
  state: State | undefined,
  policy: Policy,
  cost: number,
  at: Moment,
): Taken<State> {
  const before = algorithm.look(state, policy, cost, at);
  if (!before.allowed) return { decision: before, next: undefined };
  const next = algorithm.spend(state, policy, cost, at);
  return { decision: whenTaken(algorithm.look(next, policy, cost, at)), next };
}

/** The decision for units that were taken, by what is there afterwards. */
export function whenTaken({ remaining, resetAfterMs }: Decision): Decision {
  return { allowed: true, remaining, retryAfterMs: 0, resetAfterMs };
}

/** The state, unless its time is over. */
export function ifLive<State extends LimitState>(state: State | undefined, at: Moment): State | undefined {
  return state !== undefined && state.expiresAtMs > at.steadyMs ? state : undefined;
}
