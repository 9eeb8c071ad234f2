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

function canonical(value: string): string | undefined {
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
  const [, year = '', month = '', day = ''] = parts;
  // A Date built from a day that does not exist rolls over to another one: comparing the parts finds it.
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const exists = !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(`${year}-${month}-${day}`);
  return exists && year !== '0000' ? undefined : 'must be a day that exists, from 0001-01-01 to 9999-12-31';
}
