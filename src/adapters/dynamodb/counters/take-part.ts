import type { Moment } from '../../../domain/limits/algorithm.ts';
import type { CounterRequest } from '../../../ports/counter-store.ts';
import type { Counter } from './counter.ts';
import { filedPermitId } from './filed-key.ts';
import type { Part } from './item-update.ts';
import type { Judgement } from './judge.ts';
import type { Belief, Change, Slot } from './layout.ts';
import type { Sighting } from './sightings.ts';

/** A request of a counter, with what this instance believes. */
export interface Case {
  readonly counter: Counter;
  readonly request: CounterRequest;
  readonly sighting: Sighting | undefined;
  readonly judged: Judgement;
  readonly at: Moment;
}

export interface Units {
  readonly units: number;
  /** Whether exactly what is believed has to be there. Default: false. */
  readonly isExact?: boolean;
  /** Whether the units can be given back by the permit of the request. Default: true. */
  readonly isPermitted?: boolean;
}

/** Takes units, or renews the permit that has them; never of a counter that is blocked. */
export function takePart(asked: Case, units: Units): Part {
  const { counter, sighting, judged, at } = asked;
  const endMs = Math.max(
    at.steadyMs + counter.layout.longestMs(counter.windowMs),
    sighting?.state?.expiresAtMs ?? 0,
  );
  return {
    counter,
    itemExpiresAt: sighting?.itemExpiresAt,
    neededUntilMs: endMs,
    change(terms) {
      const blockPath = terms.name(counter.blockAttribute);
      const belief = { map: sighting?.map, state: judged.state, at };
      const change = changeOf(asked, units, belief, { path: terms.name(counter.attribute), terms });
      const isFree = `attribute_not_exists(${blockPath}) OR ${blockPath} <= ${terms.number(at.steadyMs)}`;
      return { ...change, conditions: [...change.conditions, isFree] };
    },
  };
}

function changeOf(asked: Case, units: Units, belief: Belief, slot: Slot): Change {
  const { counter, request, judged } = asked;
  const { layout, windowMs } = counter;
  if (judged.permit) return layout.renew({ permitId: judged.permit.id, windowMs }, belief, slot);
  const { isExact = false, isPermitted = true } = units;
  const { policy, permitId } = request;
  const { allowed } = layout.look(judged.state, policy, units.units, belief.at);
  return layout.take(
    {
      policy,
      units: units.units,
      isExact,
      fits: allowed,
      permitId: isPermitted && permitId !== undefined ? filedPermitId(permitId) : undefined,
    },
    belief,
    slot,
  );
}
