import type { LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import { whenTaken } from '../../../domain/limits/algorithm.ts';
import { whenBlocked } from '../../../domain/limits/block.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Policy } from '../../../domain/limits/policy.ts';
import type { Decision } from '../../../ports/counter-store.ts';
import type { Counter } from './counter.ts';
import { filedPermitId } from './filed-key.ts';
import type { Sighting } from './sightings.ts';

export interface Asked {
  readonly policy: Policy;
  readonly cost: number;
  readonly permitId?: string | undefined;
}

export interface Judgement {
  /** As of before any taking. */
  readonly decision: Decision;
  /** What of the sighting still counts; `undefined`: the whole limit is there. */
  readonly state: LimitState | undefined;
  /** The permit of the request, with its id as filed, if it is known. */
  readonly permit: (Permit & { readonly id: string }) | undefined;
  readonly isBlocked: boolean;
}

/** What a sighting means for a request now. */
export function judge(counter: Counter, asked: Asked, sighting: Sighting | undefined, at: Moment): Judgement {
  const { decision, state } = judgeState(counter, asked, sighting, at);
  const blockedForMs = (sighting?.blockedUntilMs ?? 0) - at.steadyMs;
  const permit = state && knownPermit(counter, asked, sighting, at);
  const isBlocked = blockedForMs > 0;
  if (isBlocked) return { decision: whenBlocked(decision, blockedForMs), state, permit, isBlocked };
  return { decision: permit ? whenTaken(decision) : decision, state, permit, isBlocked };
}

/**
 * Instances measure by clocks of their own, so a state may come from the future: waits are then cut to what they can be at most.
 *
 * A state that lies more than a whole window too far in the future was left by a clock that was wrong, as before a machine's
 * time was mended. It counts until this instance has seen it unchanged for a window of its own: all that was taken is that
 * old then, whatever the clocks say. So nobody is locked out until the time of the wrong clock has come.
 */
function judgeState(
  { layout, windowMs }: Counter,
  { policy, cost }: Asked,
  sighting: Sighting | undefined,
  at: Moment,
): Pick<Judgement, 'decision' | 'state'> {
  const longestMs = layout.longestMs(windowMs);
  const found = layout.look(sighting?.state, policy, cost, at);
  if (sighting === undefined || found.resetAfterMs <= longestMs)
    return { decision: found, state: found.resetAfterMs === 0 ? undefined : sighting?.state };
  if (found.resetAfterMs <= 2 * longestMs) return { decision: cut(found, longestMs), state: sighting.state };
  const leftMs = sighting.sinceMs + longestMs - at.steadyMs;
  if (leftMs > 0) return { decision: cut(found, leftMs), state: sighting.state };
  return { decision: layout.look(undefined, policy, cost, at), state: undefined };
}

function cut(decision: Decision, mostMs: number): Decision {
  const { retryAfterMs } = decision;
  return {
    ...decision,
    retryAfterMs: Number.isFinite(retryAfterMs) ? Math.min(retryAfterMs, mostMs) : retryAfterMs,
    resetAfterMs: Math.min(decision.resetAfterMs, mostMs),
  };
}

function knownPermit(
  { layout, windowMs }: Counter,
  { permitId }: Asked,
  sighting: Sighting | undefined,
  at: Moment,
): Judgement['permit'] {
  if (permitId === undefined || sighting?.map === undefined) return undefined;
  const id = filedPermitId(permitId);
  const permit = layout.permit(sighting.map, id, windowMs);
  return permit && permit.untilMs > at.steadyMs ? { ...permit, id } : undefined;
}
