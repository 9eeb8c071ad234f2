import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { LimitState } from '../../../domain/limits/algorithm.ts';
import type { Attributes } from './attribute-values.ts';
import type { Counter } from './counter.ts';
import { FOR_EVER_MS } from './counter.ts';
import { permitsOf } from './permits.ts';

/** What this instance last saw of a counter. Others may have changed it since. */
export interface Sighting {
  /** The attribute; `undefined`: the item has no such counter. */
  readonly map: Attributes | undefined;
  /** What the attribute means; `undefined`: nothing is taken. */
  readonly state: LimitState | undefined;
  /** In milliseconds; `Infinity`: for ever, `-Infinity`: not at all. */
  readonly blockedUntilMs: number;
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

/** A remembered counter without permits takes about as much as so many permits. */
const PERMITS_OF_A_SIZE = 4;

export function createSightings(max: number): Sightings {
  const latest = new LRUCache<string, Sighting>({ max, maxSize: max, sizeCalculation: sizeOf });

  return {
    find: (counter) => latest.get(nameOf(counter)),

    note(counter, item, nowMs) {
      const name = nameOf(counter);
      const sighting = sightingOf(counter, item, latest.get(name), nowMs);
      // What is not there is not worth the place of one that is.
      if (sighting.map === undefined && sighting.blockedUntilMs < nowMs) latest.delete(name);
      else latest.set(name, sighting);
      return sighting;
    },
  };
}

function sightingOf(
  { attribute, blockAttribute, layout, windowMs }: Counter,
  item: Attributes | undefined,
  before: Sighting | undefined,
  nowMs: number,
): Sighting {
  const map = item?.[attribute]?.M;
  const state = map && layout.decode(map, windowMs);
  const isSame = before !== undefined && isDeepStrictEqual(before.state, state);
  const blockedUntilMs = numberOf(item?.[blockAttribute]) ?? Number.NEGATIVE_INFINITY;
  return {
    map,
    state,
    blockedUntilMs: blockedUntilMs === FOR_EVER_MS ? Number.POSITIVE_INFINITY : blockedUntilMs,
    itemExpiresAt: numberOf(item?.expiresAt),
    sinceMs: isSame ? before.sinceMs : nowMs,
  };
}

function numberOf(value: Attributes[string] | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N);
}

function sizeOf({ map }: Sighting): number {
  return 1 + Math.floor(Object.keys(permitsOf(map) ?? {}).length / PERMITS_OF_A_SIZE);
}

/** An attribute's name has no space, so no two counters meet. */
function nameOf({ attribute, itemKey }: Counter): string {
  return `${attribute} ${itemKey}`;
}
