import { kindOf } from '../text.ts';
import { PROGRAM_LIMITS } from './program.ts';

const LANGUAGE = new RegExp(PROGRAM_LIMITS.language.pattern);
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Says what is wrong with a language tag, or `undefined` when BCP 47 takes it. */
export function languageFault(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be a string, was ${kindOf(value)}`;
  const wellFormed = value.length <= PROGRAM_LIMITS.language.max && LANGUAGE.test(value);
  return wellFormed && canonical(value) !== undefined
    ? undefined
    : 'must be a BCP 47 language tag, for example en or pt-BR';
}

/** The canonical form of a tag that {@link languageFault} took: `EN-us` becomes `en-US`. */
export function canonicalLanguage(value: string): string {
  return canonical(value) ?? value;
}

// A catalogue has few languages, and ICU takes longer to parse one tag than all other checks of a program together.
const canonicalForms = new Map<string, string | undefined>();
const FORMS_KEPT = 1000;

function canonical(value: string): string | undefined {
  const known = canonicalForms.get(value);
  if (known !== undefined || canonicalForms.has(value)) return known;
  if (canonicalForms.size >= FORMS_KEPT) canonicalForms.clear();
  const form = parsedTag(value);
  canonicalForms.set(value, form);
  return form;
}

function parsedTag(value: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(value)[0];
  } catch {
    return undefined;
  }
}

/** Says what is wrong with a calendar date, or `undefined` when it exists in the years 1 to 9999. */
export function dateFault(value: unknown): string | undefined {
  const parts = typeof value === 'string' ? DATE.exec(value) : null;
  if (parts === null) return 'must be a calendar date in the form YYYY-MM-DD';
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number);
  const exists = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  return exists ? undefined : 'must be a day that exists, from 0001-01-01 to 9999-12-31';
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
}
