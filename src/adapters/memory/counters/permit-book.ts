import type { Permit } from '../../../domain/limits/permit.ts';

/** The permits of one counter, in the order in which they end. */
export interface PermitBook extends Iterable<Permit> {
  readonly size: () => number;
  /** Of all permits together. */
  readonly units: () => number;
  readonly find: (id: string) => Permit | undefined;
  /** Adds a permit that ends no sooner than any other. The id is new. */
  readonly add: (id: string, permit: Permit) => void;
  readonly remove: (id: string) => void;
  /** Removes those that have ended. */
  readonly removeEnded: (steadyMs: number) => void;
  readonly last: () => Permit | undefined;
}

interface Entry {
  readonly id: string;
  readonly permit: Permit;
  before: Entry | undefined;
  after: Entry | undefined;
}

/** A map, and a list through its entries: a Map alone would skip all that was deleted at its front with each look at the first. */
export function createPermitBook(): PermitBook {
  const entries = new Map<string, Entry>();
  let first: Entry | undefined;
  let last: Entry | undefined;
  let units = 0;

  function remove(id: string): void {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    units -= entry.permit.units;
    if (entry.before) entry.before.after = entry.after;
    else first = entry.after;
    if (entry.after) entry.after.before = entry.before;
    else last = entry.before;
  }

  return {
    size: () => entries.size,
    units: () => units,
    find: (id) => entries.get(id)?.permit,
    add: (id, permit) => {
      const entry: Entry = { id, permit, before: last, after: undefined };
      if (last) last.after = entry;
      else first = entry;
      last = entry;
      entries.set(id, entry);
      units += permit.units;
    },
    remove,
    removeEnded: (steadyMs) => {
      while (first && first.permit.untilMs <= steadyMs) remove(first.id);
    },
    last: () => last?.permit,
    *[Symbol.iterator]() {
      for (let entry = first; entry; entry = entry.after) yield entry.permit;
    },
  };
}
