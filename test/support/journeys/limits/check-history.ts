import type { Policy } from '../../../../src/domain/limits/policy.ts';
import { SUB_WINDOWS } from '../../../../src/domain/limits/sliding-window.ts';
import type { CounterHistory, Denial, Possible, Taking } from './counter-history.ts';
import { toCounterHistories } from './counter-history.ts';
import type { Operation } from './history.ts';

export interface Verdict {
  /** What can not be; none of a right history. */
  readonly faults: readonly string[];
  /** By algorithm: the most that was surely taken in a span, as a share of what may be. Near 0, the history shows nothing. */
  readonly fullest: Readonly<Record<string, number>>;
  /** Denials that would have shown it if half a limit had got lost. */
  readonly sharpDenials: number;
}

/** Spans of more windows than this say little. */
const LONGEST_SPAN = 3;

/**
 * Holds a history against the promises of the port. An operation took place at some moment between its begin and its end, all of which
 * are on the clock that the counters count by. So:
 *
 * - what was surely taken in any span, and not given back in it, is no more than the policy admits in that span;
 * - a denial had a reason: with all that may have been taken before it, there was too little left;
 * - no error but those of the port.
 */
export function checkHistory(operations: readonly Operation[]): Verdict {
  const errors = operations.filter(({ outcome }) => outcome === 'fault');
  const faults = errors.map(({ id, kind, error }) => `${id}: ${kind} failed with ${error}`);
  const fullest: Record<string, number> = {};
  let sharpDenials = 0;
  for (const counter of toCounterHistories(operations)) {
    const admitted = checkAdmissions(counter);
    const denied = checkDenials(counter);
    faults.push(...admitted.faults, ...denied.faults);
    sharpDenials += denied.sharp;
    const { algorithm } = counter.policy;
    fullest[algorithm] = Math.max(fullest[algorithm] ?? 0, admitted.fullest);
  }
  return { faults, fullest, sharpDenials };
}

interface Admissions {
  readonly faults: readonly string[];
  readonly fullest: number;
}

/** Looks at each span from the begin of a taking to the end of one; one fault is enough. */
function checkAdmissions({ name, policy, takings }: CounterHistory): Admissions {
  const newestFirst = takings.toSorted((a, b) => b.begun - a.begun);
  let fullest = 0;
  for (const { id, ended } of takings) {
    let units = 0;
    for (const taking of newestFirst) {
      if (taking.begun < ended - LONGEST_SPAN * policy.windowMs) break;
      if (taking.ended > ended) continue;
      units += heldAt(taking, ended);
      const most = mostWithin(policy, taking.begun, ended);
      fullest = Math.max(fullest, units / most);
      if (units <= most) continue;
      const span = `from ${taking.begun} to ${ended}, ${taking.id} to ${id}`;
      return { faults: [`${name}: ${units} of at most ${most} were admitted ${span}`], fullest };
    }
  }
  return { faults: [], fullest };
}

/** What is surely not given back by then. */
function heldAt({ units, refundBegun, refundUnits }: Taking, atMs: number): number {
  return refundBegun <= atMs ? units - refundUnits : units;
}

/** Units that a policy admits from one moment to another, both included. */
function mostWithin({ algorithm, limit, windowMs }: Policy, fromMs: number, toMs: number): number {
  if (algorithm === 'fixed-window')
    return limit * (Math.floor(toMs / windowMs) - Math.floor(fromMs / windowMs) + 1);
  // A window has both its ends, so the next one begins a millisecond later.
  if (algorithm === 'sliding-window') return limit * Math.ceil((toMs - fromMs + 1) / (windowMs + 1));
  return limit + Math.floor((limit * (toMs - fromMs)) / windowMs);
}

interface Denials {
  readonly faults: readonly string[];
  readonly sharp: number;
}

/** One fault is enough. */
function checkDenials({ name, policy, possible, denials }: CounterHistory): Denials {
  let sharp = 0;
  for (const denial of denials) {
    const most = takenBefore(denial, policy, possible);
    if (most + denial.cost <= 1.5 * policy.limit) sharp += 1;
    if (most + denial.cost > policy.limit) continue;
    const what = `${denial.cost} were denied though at most ${most} of ${policy.limit} were taken`;
    return { faults: [`${name}: ${denial.id}: ${what}, from ${denial.begun} to ${denial.ended}`], sharp };
  }
  return { faults: [], sharp };
}

/** The most that may count at some moment of the denial. */
function takenBefore({ begun, ended }: Denial, policy: Policy, possible: readonly Possible[]): number {
  const sinceMs = begun - countsForMs(policy, begun);
  const counted = possible.filter(({ from, to }) => from <= ended && to >= sinceMs);
  return counted.reduce((total, { units }) => total + units, 0);
}

/** How long before that moment units may have been taken that count at it. */
function countsForMs({ algorithm, windowMs }: Policy, atMs: number): number {
  if (algorithm === 'fixed-window') return atMs % windowMs;
  return algorithm === 'sliding-window' ? windowMs + windowMs / SUB_WINDOWS + 1 : windowMs;
}
