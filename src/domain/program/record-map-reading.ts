import type { Fault } from '../errors.ts';
import type { JsonValue } from '../json.ts';

/** Where a reader of a map stands, and where it says what is wrong. */
export interface Reading {
  /** JSON Pointer of the part that is being read. */
  readonly path: string;
  readonly depth: number;
  readonly tables: Tables;
  readonly faults: Fault[];
}

/** The value tables of a map by name. */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, JsonValue>>;

export function inner(at: Reading, name: string): Reading {
  const part = name.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
  return { ...at, depth: at.depth + 1, path: `${at.path}/${part}` };
}

export function blame(at: Reading, message: string): void {
  at.faults.push({ path: at.path, message });
}

/** Says of each name that is not one of those allowed what would be. */
export function refuseOthers(given: object, allowed: readonly string[], at: Reading): void {
  for (const name of Object.keys(given).filter((key) => !allowed.includes(key))) {
    blame(inner(at, name), `is not known here: use ${allowed.join(', ')}`);
  }
}
