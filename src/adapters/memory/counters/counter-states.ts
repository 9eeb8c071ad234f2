import type { LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import type { FixedWindowState } from '../../../domain/limits/fixed-window.ts';
import type { Counter } from './counter.ts';
import { CODES } from './counter.ts';
import type { CounterRecords } from './counter-records.ts';
import { INTEGER, NUMBER } from './counter-records.ts';

/** What counters remember: a fixed window as two numbers, any other as the state that its algorithm makes. */
export interface CounterStates {
  /** Of a new counter: nothing is taken, and nothing blocked. */
  readonly begin: (counter: Counter) => void;
  readonly get: (counter: Counter) => LimitState | undefined;
  readonly set: (counter: Counter, state: LimitState | undefined) => void;
  /** Adds units to a fixed window that goes on; `false`: it does not. */
  readonly addToWindow: (counter: Counter, units: number, at: Moment) => boolean;
  /** Steady time in milliseconds; that of no block is over. */
  readonly blockedUntilMs: (counter: Counter) => number;
  readonly block: (counter: Counter, untilMs: number) => void;
  /** When neither the state nor a block says anything any more. */
  readonly expiresAtMs: (counter: Counter) => number;
}

const NEVER = Number.NEGATIVE_INFINITY;

export function createCounterStates(records: CounterRecords): CounterStates {
  const { number, setNumber } = records;

  const isWindow = (counter: Counter) =>
    records.integer(counter, INTEGER.algorithm) === CODES['fixed-window'];

  function windowOf(counter: Counter): FixedWindowState | undefined {
    const used = number(counter, NUMBER.used);
    return used === 0 ? undefined : { used, expiresAtMs: number(counter, NUMBER.stateUntilMs) };
  }

  return {
    begin: (counter) => {
      setNumber(counter, NUMBER.stateUntilMs, NEVER);
      setNumber(counter, NUMBER.blockedUntilMs, NEVER);
    },
    get: (counter) => (isWindow(counter) ? windowOf(counter) : records.state(counter)),
    set: (counter, state) => {
      setNumber(counter, NUMBER.stateUntilMs, state?.expiresAtMs ?? NEVER);
      if (isWindow(counter))
        setNumber(counter, NUMBER.used, (state as FixedWindowState | undefined)?.used ?? 0);
      else records.setState(counter, state);
    },
    addToWindow: (counter, units, { steadyMs }) => {
      const used = number(counter, NUMBER.used);
      if (used === 0 || number(counter, NUMBER.stateUntilMs) <= steadyMs) return false;
      setNumber(counter, NUMBER.used, used + units);
      return true;
    },
    blockedUntilMs: (counter) => number(counter, NUMBER.blockedUntilMs),
    block: (counter, untilMs) => setNumber(counter, NUMBER.blockedUntilMs, untilMs),
    expiresAtMs: (counter) =>
      Math.max(number(counter, NUMBER.stateUntilMs), number(counter, NUMBER.blockedUntilMs)),
  };
}
