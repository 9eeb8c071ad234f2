import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { Counter } from './counter.ts';
import type { Attributes } from './layout.ts';

/** What this instance last saw of a counter. Others may have changed it since. */
export interface Sighting {
  /** `undefined`: the item has no such counter. */
  readonly state: LimitState | undefined;
  /** The time to live of the item, in Unix seconds. */
  readonly itemExpiresAt: number | undefined;
  /** Since when, on this instance's clock, every sighting was of this state. */
  readonly sinceMs: number;
}

/** Remembers the last sighting of each of the counters used last, so that the next change is mostly the right one at once. */
export interface Sightings {
  find(counter: Counter): Sighting | undefined;
  note(counter: Counter, item: Attributes | undefined, nowMs: number): Sighting;
}

export function createSightings(max: number): Sightings {
  const latest = new LRUCache<string, Sighting>({ max });

  return {
    find: (counter) => latest.get(nameOf(counter)),

    note(counter, item, nowMs) {
      const name = nameOf(counter);
      const map = item?.[counter.attribute]?.M;
      const state = map && counter.layout.decode(map, counter.windowMs);
      const before = latest.get(name);
      const isSame = before !== undefined && isDeepStrictEqual(before.state, state);
      const itemExpiresAt = item?.expiresAt?.N === undefined ? undefined : Number(item.expiresAt.N);
      const sighting = { state, itemExpiresAt, sinceMs: isSame ? before.sinceMs : nowMs };
      // What is not there is not worth the place of one that is.
      if (state === undefined) latest.delete(name);
      else latest.set(name, sighting);
      return sighting;
    },
  };
}

/** An attribute's name has no space, so no two counters meet. */
function nameOf({ attribute, itemKey }: Counter): string {
  return `${attribute} ${itemKey}`;
}
