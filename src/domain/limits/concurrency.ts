import type { CounterRequest } from '../../ports/counter-store.ts';
import { ValidationFailed } from '../errors.ts';
import type { LimitAlgorithm, LimitState, Moment } from './algorithm.ts';
import { ifLive } from './algorithm.ts';

/** Units that one permit holds. */
export interface Lease {
  readonly units: number;
  /** Steady time in milliseconds from which on it holds nothing. */
  readonly untilMs: number;
}

/** Who holds what. It expires with the last lease. */
export interface ConcurrencyState extends LimitState {
  /** Units of all leases, those whose time is over included. */
  readonly held: number;
  /** In the order in which they end; only as many are needed as a look has to wait for. */
  readonly leases: Iterable<Lease>;
}

/**
 * Whether `cost` more could be held at that moment. Waits are for leases to end, since nobody knows who gives back before. A lease
 * that begins or ends changes one entry of many: stores do that in their own way, and there is nothing more to reckon.
 */
export const concurrency: Pick<LimitAlgorithm<LimitState>, 'look'> = {
  look(state: ConcurrencyState | undefined, { limit }, cost, at) {
    const live = ifLive(state, at);
    const room = limit - (live === undefined ? 0 : live.held - endedUnits(live.leases, at));
    return {
      allowed: cost <= room,
      remaining: Math.max(0, room),
      retryAfterMs: cost > limit ? Number.POSITIVE_INFINITY : untilFreed(live, cost - room, at),
      resetAfterMs: live === undefined ? 0 : live.expiresAtMs - at.steadyMs,
    };
  },
};

/** @throws {ValidationFailed} one asks for units that nobody could give back. */
export function demandPermit({ policy, permitId }: CounterRequest): void {
  if (policy.algorithm === 'concurrency' && permitId === undefined)
    throw new ValidationFailed([{ path: '/permitId', message: 'is needed with concurrency' }]);
}

function endedUnits(leases: Iterable<Lease>, { steadyMs }: Moment): number {
  let ended = 0;
  for (const { units, untilMs } of leases) {
    if (untilMs > steadyMs) break;
    ended += units;
  }
  return ended;
}

/** Milliseconds until so many units have come back; 0 when none need to. */
function untilFreed(live: ConcurrencyState | undefined, units: number, { steadyMs }: Moment): number {
  if (live === undefined || units <= 0) return 0;
  let missing = units;
  for (const lease of live.leases) {
    if (lease.untilMs > steadyMs) missing -= lease.units;
    if (missing <= 0) return lease.untilMs - steadyMs;
  }
  return live.expiresAtMs - steadyMs;
}
