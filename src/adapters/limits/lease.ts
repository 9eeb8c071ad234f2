import type { Policy } from '../../domain/limits/policy.ts';
import type { CounterRequest, Decision, Taken } from '../../ports/counter-store.ts';
import { GRAIN_MS } from './grain.ts';

/** Units of a counter that this instance has taken, and may admit. Times are on its own clock, in milliseconds. */
export interface Lease {
  /** What took them, under a permit of its own. */
  readonly taking: CounterRequest;
  left: number;
  /** From then on none may be admitted. */
  readonly endsAtMs: number;
  /** What was left at the store. */
  readonly remaining: number;
  /** When the whole limit is there again. */
  readonly wholeAtMs: number;
}

export interface LeaseTimes {
  readonly askedMs: number;
  readonly arrivedMs: number;
  readonly leaseMs: number;
}

export function leaseOf(
  taking: CounterRequest,
  { taken, decision }: Taken,
  { askedMs, arrivedMs, leaseMs }: LeaseTimes,
): Lease {
  return {
    taking,
    left: taken,
    endsAtMs: askedMs + Math.min(leaseMs, soundForMs(taking.policy, decision.resetAfterMs)),
    remaining: decision.remaining,
    wholeAtMs: arrivedMs + decision.resetAfterMs,
  };
}

/** As if all units of a taking whose answer is lost were in hand, and came as late as they may; none can be drawn. */
export function lostLeaseOf(taking: CounterRequest, nowMs: number): Lease {
  const { algorithm, windowMs } = taking.policy;
  const countsForMs = algorithm === 'fixed-window' ? windowMs : 1.1 * windowMs;
  return { taking, left: taking.cost, endsAtMs: 0, remaining: 0, wholeAtMs: nowMs + countsForMs };
}

/** Takes units out of the lease; `undefined`: they are not there, or its time is over. */
export function drawFrom(lease: Lease, cost: number, nowMs: number): Decision | undefined {
  if (cost > lease.left || nowMs >= lease.endsAtMs) return undefined;
  lease.left -= cost;
  return {
    allowed: true,
    remaining: lease.remaining + lease.left,
    retryAfterMs: 0,
    resetAfterMs: Math.ceil(lease.wholeAtMs - nowMs),
    decidedBy: 'lease',
  };
}

/** How long after the taking to admit a unit is the same to the policy as to have admitted it then; 0 or less: not at all. */
function soundForMs({ algorithm, windowMs }: Policy, resetAfterMs: number): number {
  const partEndsMs = algorithm === 'fixed-window' ? resetAfterMs : resetAfterMs - windowMs;
  return partEndsMs - GRAIN_MS;
}
