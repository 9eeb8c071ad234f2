import type { Attributes } from './attribute-values.ts';
import { numberValue } from './attribute-values.ts';
import type { Change, Slot } from './layout.ts';

/** All of them, under the conditions of all. */
export function together(...changes: readonly (Change | undefined)[]): Change {
  const given = changes.filter((change) => change !== undefined);
  return {
    set: given.flatMap(({ set = [] }) => set),
    remove: given.flatMap(({ remove = [] }) => remove),
    conditions: given.flatMap(({ conditions }) => conditions),
  };
}

/** That all fields are what was seen. */
export function fieldsAsSeen({ path, terms }: Slot, seen: Attributes): readonly string[] {
  return Object.entries(seen).map(([name, value]) => `${path}.${name} = ${terms.value(value)}`);
}

export function setFields({ path, terms }: Slot, fields: Attributes): readonly string[] {
  return Object.entries(fields).map(([name, value]) => `${path}.${name} = ${terms.value(value)}`);
}

/** `path = path + value`. */
export function plus(path: string, { terms }: Slot, value: number | bigint): string {
  return `${path} = ${path} + ${terms.value(numberValue(value))}`;
}
