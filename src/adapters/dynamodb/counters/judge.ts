import type { LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import type { BasicCounterRequest, Decision } from '../../../ports/counter-store.ts';
import type { Counter } from './counter.ts';
import type { Sighting } from './sightings.ts';

export interface Judgement {
  /** As of before any taking. */
  readonly decision: Decision;
  /** What of the sighting still counts. */
  readonly state: LimitState | undefined;
}

/**
 * What a sighting means now. Instances measure by clocks of their own, so a state may come from the future: waits are then cut to
 * what they can be at most.
 *
 * A state that lies more than a whole window too far in the future was left by a clock that was wrong, as before a machine's
 * time was mended. It counts until this instance has seen it unchanged for a window of its own: all that was taken is that
 * old then, whatever the clocks say. So nobody is locked out until the time of the wrong clock has come.
 */
export function judge(
  counter: Counter,
  { policy, cost }: BasicCounterRequest,
  sighting: Sighting | undefined,
  at: Moment,
): Judgement {
  const longestMs = counter.layout.longestMs(counter.windowMs);
  const found = counter.rules.look(sighting?.state, policy, cost, at);
  if (sighting === undefined || found.resetAfterMs <= longestMs)
    return { decision: found, state: sighting?.state };
  if (found.resetAfterMs <= 2 * longestMs) return { decision: cut(found, longestMs), state: sighting.state };
  const leftMs = sighting.sinceMs + longestMs - at.steadyMs;
  if (leftMs > 0) return { decision: cut(found, leftMs), state: sighting.state };
  return { decision: counter.rules.look(undefined, policy, cost, at), state: undefined };
}

function cut(decision: Decision, mostMs: number): Decision {
  const { retryAfterMs } = decision;
  return {
    ...decision,
    retryAfterMs: Number.isFinite(retryAfterMs) ? Math.min(retryAfterMs, mostMs) : retryAfterMs,
    resetAfterMs: Math.min(decision.resetAfterMs, mostMs),
  };
}
