import type { JsonObject, JsonValue } from '../json.ts';
import { isPlainObject } from '../json.ts';
import { stableHash } from '../stable-hash.ts';
import { dateFault } from './check-values.ts';
import type { Mapped } from './record-map-steps.ts';
import { orNothing, present, textOf, UnmappableRecord } from './record-map-steps.ts';

/** Gives one value of a record. */
export type Rule = (record: JsonObject) => Mapped;

/** A name of the record, or several for what lies deeper; a number is a position in a list. */
export type SourcePath = readonly string[];

export function fromPath(path: SourcePath): Rule {
  return (record) => {
    let value: unknown = record;
    for (const name of path) {
      const isInside = (isPlainObject(value) || Array.isArray(value)) && Object.hasOwn(value, name);
      value = isInside ? (value as Record<string, unknown>)[name] : undefined;
    }
    return orNothing(value as Mapped);
  };
}

export const constant = (value: JsonValue): Rule => {
  return () => orNothing(value);
};

export function firstOf(rules: readonly Rule[]): Rule {
  return (record) => {
    for (const rule of rules) {
      const value = rule(record);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

export function joined(rules: readonly Rule[], separator: string): Rule {
  return (record) => orNothing(flattened(rules, record).map(textOf).join(separator));
}

export function listed(rules: readonly Rule[]): Rule {
  return (record) => orNothing([...new Set(flattened(rules, record))]);
}

function flattened(rules: readonly Rule[], record: JsonObject): readonly JsonValue[] {
  return present(rules.flatMap((rule) => rule(record) as JsonValue | JsonValue[] | undefined));
}

export function objectOf(rules: Readonly<Record<string, Rule>>): Rule {
  return (record) => {
    const entries = Object.entries(rules).map(([name, rule]) => [name, rule(record)] as const);
    const given = entries.filter(([, value]) => value !== undefined);
    return given.length === 0 ? undefined : (Object.fromEntries(given) as JsonObject);
  };
}

/** The texts and the rules of a template in turn: nothing at all when one of the rules gives nothing. */
export function filledIn(parts: readonly (string | Rule)[]): Rule {
  return (record) => {
    const texts = parts.map((part) => (typeof part === 'string' ? part : textOrNothing(part(record))));
    return texts.includes(undefined) ? undefined : texts.join('');
  };
}

function textOrNothing(value: Mapped): string | undefined {
  return value === undefined ? undefined : textOf(value);
}

export function hashOf(rules: readonly Rule[], length: number): Rule {
  return (record) => stableHash(JSON.stringify(rules.map((rule) => rule(record) ?? null))).slice(0, length);
}

export function dateOf(parts: { readonly year: Rule; readonly month: Rule; readonly day: Rule }): Rule {
  return (record) => {
    const year = parts.year(record);
    if (year === undefined) return undefined;
    const month = parts.month(record) ?? 1;
    const day = parts.day(record) ?? 1;
    const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
    if (dateFault(date) === undefined) return date;
    const given = JSON.stringify({ year, month, day }).slice(0, 80);
    throw new UnmappableRecord(`has ${given} where year, month and day of a date are needed`);
  };
}

function digits(value: JsonValue, length: number): string {
  return textOf(value).trim().padStart(length, '0');
}
