import type { JsonValue } from '../json.ts';
import { slug } from '../slug.ts';
import { kindOf } from '../text.ts';
import { dateFault } from './check-values.ts';

/** What a rule of a map gives: `undefined` stands for nothing at all. */
export type Mapped = JsonValue | undefined;
export type Step = (value: Mapped) => Mapped;

/** A record that a map can not turn into a program; the message says why. */
export class UnmappableRecord extends Error {}

/** `null`, `''` and `[]` say nothing: a map treats them as if the field were not there. */
export function orNothing(value: Mapped): Mapped {
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty ? undefined : value;
}

export function textOf(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new UnmappableRecord(`has ${kindOf(value)} where one text is needed`);
}

/** Applies a step of one text to a text, or to each element of a list. What it turns into nothing is left out. */
function eachText(change: (text: string) => Mapped): Step {
  return (value) => {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return orNothing(change(textOf(value as JsonValue)));
    return orNothing(
      present(value as readonly JsonValue[]).flatMap((part) => orNothing(change(textOf(part))) ?? []),
    );
  };
}

function onList(change: (list: readonly JsonValue[]) => Mapped): Step {
  return (value) => {
    if (value === undefined) return undefined;
    return orNothing(change(present(Array.isArray(value) ? (value as readonly JsonValue[]) : [value])));
  };
}

/** A list without the elements that say nothing. */
export function present(list: readonly Mapped[]): readonly JsonValue[] {
  return list.flatMap((part) => orNothing(part) ?? []);
}

/** The steps that are a bare word in a map. */
export const PLAIN_STEPS: Readonly<Record<string, Step>> = {
  text: eachText((text) => text),
  trim: eachText((text) => text.trim()),
  oneLine: eachText((text) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim()),
  lowercase: eachText((text) => text.toLowerCase()),
  uppercase: eachText((text) => text.toUpperCase()),
  slug: eachText(slug),
  number: eachText(numberOf),
  integer: eachText((text) => Math.round(numberOf(text))),
  date: eachText(leadingDate),
  first: onList((list) => list[0]),
  unique: onList((list) => [...new Set(list)]),
};

const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/;

function numberOf(text: string): number {
  const number = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) throw new UnmappableRecord(`has ${quoted(text)} where a number is needed`);
  return number;
}

// The date of an ISO 8601 date or date-time, as written: no shift to another time zone.
function leadingDate(text: string): string {
  const date = text.trim().slice(0, 10);
  if (dateFault(date) === undefined) return date;
  throw new UnmappableRecord(`has ${quoted(text)} where a date such as 1998-06-12 is needed`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

export const withPrefix = (prefix: string): Step => eachText((text) => prefix + text);
export const withSuffix = (suffix: string): Step => eachText((text) => text + suffix);
export const splitBy = (separator: string): Step =>
  onList((list) =>
    list
      .flatMap((part) =>
        textOf(part)
          .split(separator)
          .map((text) => text.trim()),
      )
      .filter(Boolean),
  );
export const joinedBy = (separator: string): Step => onList((list) => list.map(textOf).join(separator));
export const taking = (count: number): Step => onList((list) => list.slice(0, count));
export const withDefault =
  (value: JsonValue): Step =>
  (given) =>
    given ?? value;

/** Cuts between characters: half of a surrogate pair is no text. */
export const truncatedTo = (length: number): Step =>
  eachText((text) => {
    const cut = text.slice(0, length);
    return cut.isWellFormed() ? cut : cut.slice(0, -1);
  });

/** Looks each text up. One that the table does not have is kept or left out; one that it maps to `null` is left out. */
export const lookedUp = (table: ReadonlyMap<string, JsonValue>, keepsOthers: boolean): Step =>
  eachText((text) => {
    if (table.has(text)) return table.get(text);
    return keepsOthers ? text : undefined;
  });
