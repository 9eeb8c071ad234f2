import type { TokenBucketState } from '../../../domain/limits/token-bucket.ts';
import { tokenBucket } from '../../../domain/limits/token-bucket.ts';
import type { Attributes } from './attribute-values.ts';
import { digitsOf, numberValue } from './attribute-values.ts';
import { plus } from './changes.ts';
import type { CounterForm } from './counting-layout.ts';
import { countingLayout } from './counting-layout.ts';
import type { Slot } from './layout.ts';
import { hadPermits, permitsOf } from './permits.ts';

/**
 * `l` is the limit that units come back by, and `s` what is missing plus what has come back since 1970, which does not change as
 * time passes: units are taken, and the limit is changed, by adding to it. It is a whole number of units times the window's
 * milliseconds, below 10^22.
 *
 * With permits, `d` is what `s` would be without all that was taken since they are given, so it only changes with a refund or the
 * limit. A permit is its units, time and limit, and in `q` what was taken before it, which only the update itself knows.
 */
const form: CounterForm<TokenBucketState> = {
  fields: ['s', 'l'],
  longestMs: (windowMs) => windowMs,

  encode: (state) => ({ s: numberValue(missingIn1970(state)), l: numberValue(state.limit) }),

  decode({ s, l, d }, windowMs) {
    const missing = BigInt(digitsOf(s));
    const limit = Number(digitsOf(l));
    const rate = BigInt(limit);
    const expiresAtMs = Number((missing + rate - 1n) / rate);
    const state = { missing, atMs: 0, limit, expiresAtMs };
    return d === undefined ? state : { ...state, taken: unitsOf(missing - BigInt(digitsOf(d)), windowMs) };
  },

  encodePermit: ({ units, policy }, _state, { steadyMs }) => ({
    L: [units, steadyMs, policy.limit].map(numberValue),
  }),

  decodePermit({ q }, id, { L = [] }, windowMs) {
    const [units = 0, atMs = 0, limit = 0] = L.map((each) => Number(digitsOf(each)));
    const taken = unitsOf(BigInt(digitsOf(q?.M?.[id])), windowMs) + units;
    return { units, atMs, untilMs: atMs + windowMs, bucket: { taken, limit } };
  },

  hasEnded: ({ L = [] }, windowMs, { steadyMs }) => Number(digitsOf(L[1])) + windowMs <= steadyMs,

  whole(map, _windowMs, { steadyMs }, { path, terms }) {
    if (map?.l === undefined) return undefined;
    const full = terms.number(BigInt(steadyMs) * BigInt(digitsOf(map.l)));
    return `${path}.l = ${terms.value(map.l)} AND ${path}.s <= ${full}`;
  },

  add({ policy: { limit, windowMs }, units }, { map, state, at }, slot) {
    const { path, terms } = slot;
    const cost = BigInt(units) * BigInt(windowMs);
    const whole = BigInt(limit) * BigInt(windowMs);
    const back = BigInt(at.steadyMs) * BigInt(state.limit);
    const shift = shiftOf(state, limit, at.steadyMs);
    return {
      set: [
        plus(`${path}.s`, slot, cost + shift),
        `${path}.l = ${terms.number(limit)}`,
        ...(shift !== 0n && permitsOf(map) ? [plus(`${path}.d`, slot, shift)] : []),
      ],
      conditions: [
        `${path}.l = ${terms.number(state.limit)}`,
        `${path}.s > ${terms.number(back)}`,
        `${path}.s <= ${terms.number(back + whole - cost)}`,
        ...(shift === 0n ? [] : [hadPermits(slot, map)]),
      ],
    };
  },

  beside: {
    first(id, { policy: { limit } }, { steadyMs }) {
      const d = numberValue(BigInt(steadyMs) * BigInt(limit));
      return { d, q: { M: { [id]: numberValue(0) } } };
    },

    // The right-hand sides are as of before the update.
    granted(id, { policy: { limit } }, { map, state, at }, slot) {
      const { path, terms } = slot;
      if (permitsOf(map) !== undefined) return [`${path}.q.${terms.name(id)} = ${path}.s - ${path}.d`];
      const shift = terms.number(shiftOf(state, limit, at.steadyMs));
      const first = terms.value({ M: { [id]: numberValue(0) } });
      return [`${path}.d = ${path}.s + ${shift}`, `${path}.q = ${first}`];
    },

    removed: (id, { path, terms }) => [`${path}.q.${terms.name(id)}`],
  },

  subtract({ permit }, next, { map, state, at }, slot) {
    const { path, terms } = slot;
    const back = missingIn1970(state) - missingIn1970(next);
    const full = BigInt(at.steadyMs) * BigInt(state.limit);
    return {
      set: [`${path}.s`, ...(permitsOf(map) ? [`${path}.d`] : [])].map((each) => plus(each, slot, -back)),
      conditions: [
        `${path}.l = ${terms.number(state.limit)}`,
        `${path}.s > ${terms.number(full + back)}`,
        hadPermits(slot, map),
        // How much of a permit is still missing depends on what else was given back.
        ...(permit ? [asSeenBase(map, slot)] : []),
      ],
    };
  },
};

export const tokenBucketLayout = countingLayout(tokenBucket, form);

function asSeenBase({ d }: Attributes, { path, terms }: Slot): string {
  return `${path}.d = ${terms.value(numberValue(BigInt(digitsOf(d))))}`;
}

/** What `s` and `d` change by with the limit, so that as much is missing at that moment as before. */
function shiftOf(state: TokenBucketState, limit: number, nowMs: number): bigint {
  return BigInt(nowMs) * BigInt(limit - state.limit);
}

/** What would have been missing then, had the bucket been as deep. */
function missingIn1970({ missing, atMs, limit }: TokenBucketState): bigint {
  return BigInt(missing) + BigInt(atMs) * BigInt(limit);
}

function unitsOf(parts: bigint, windowMs: number): number {
  return Number(parts / BigInt(windowMs));
}
