import type { Fault } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { isPlainObject } from '../json.ts';
import type { TextRule } from '../text.ts';
import { kindOf, textFault } from '../text.ts';
import { metadataFaults } from './check-metadata.ts';
import { canonicalLanguage, dateFault, languageFault } from './check-values.ts';
import type { ProgramDraft } from './program.ts';
import { PROGRAM_LIMITS, RESERVED_PROGRAM_IDS } from './program.ts';

/** A checked draft, or everything that is wrong with the input. */
export type CheckedDraft =
  | { readonly draft: ProgramDraft; readonly faults?: never }
  | { readonly draft?: never; readonly faults: readonly Fault[] };

type Check = (value: unknown) => string | undefined;

const REQUIRED = ['programId', 'title', 'contentType', 'category', 'language'] as const;

/** Says what is wrong with one field of a draft, by name. `null` is taken where the field may be absent in a program. */
const CHECKS: Readonly<Record<string, Check>> = {
  programId: (value) => patternFault(value, PROGRAM_LIMITS.programId) ?? reservedFault(value),
  title: (value) => textFault(value, PROGRAM_LIMITS.title),
  description: (value) => textFault(value, PROGRAM_LIMITS.description),
  contentType: (value) => patternFault(value, PROGRAM_LIMITS.contentType),
  category: (value) => textFault(value, PROGRAM_LIMITS.category),
  language: languageFault,
  tags: tagsFault,
  thumbnailUrl: (value) => (value === null ? undefined : urlFault(value)),
  releaseDate: (value) => (value === null ? undefined : dateFault(value)),
  viewCount: viewCountFault,
  popularityScore: scoreFault,
};

/**
 * Checks a foreign value against every rule of a program. Unknown fields are refused by name; nothing is coerced, and the
 * only change made is to write the language in its canonical form.
 */
export function checkDraft(input: unknown): CheckedDraft {
  if (!isPlainObject(input))
    return { faults: [{ path: '', message: `must be an object, was ${kindOf(input)}` }] };
  const faults = [
    ...missingFaults(input),
    ...Object.keys(input).flatMap((name) => fieldFaults(name, input[name])),
  ];
  return faults.length > 0 ? { faults } : { draft: toDraftOf(input) };
}

function missingFaults(input: Record<string, unknown>): Fault[] {
  return REQUIRED.filter((name) => input[name] === undefined).map((name) => ({
    path: `/${name}`,
    message: 'is required',
  }));
}

function fieldFaults(name: string, value: unknown): readonly Fault[] {
  if (value === undefined) return [];
  if (name === 'metadata') return metadataFaults(value);
  const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  if (check === undefined) return [{ path: `/${pointerPart(name)}`, message: 'is not a field of a program' }];
  const message = check(value);
  return message === undefined ? [] : [{ path: `/${name}`, message }];
}

/** Escapes a name for use in a JSON Pointer (RFC 6901), cut to a length that an error message can carry. */
function pointerPart(name: string): string {
  return name.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
}

function toDraftOf(input: Record<string, unknown>): ProgramDraft {
  const known = input as unknown as ProgramDraft;
  return {
    programId: known.programId,
    title: known.title,
    description: known.description ?? '',
    contentType: known.contentType,
    category: known.category,
    language: canonicalLanguage(known.language),
    tags: known.tags ?? [],
    thumbnailUrl: known.thumbnailUrl ?? null,
    metadata: (known.metadata ?? {}) as JsonObject,
    releaseDate: known.releaseDate ?? null,
    ...(known.viewCount === undefined ? {} : { viewCount: known.viewCount }),
    ...(known.popularityScore === undefined ? {} : { popularityScore: known.popularityScore }),
  };
}

function patternFault(value: unknown, rule: { pattern: string; max: number }): string | undefined {
  if (typeof value !== 'string') return `must be a string, was ${kindOf(value)}`;
  if (new RegExp(rule.pattern, 'u').test(value)) return undefined;
  return `must match ${rule.pattern} (at most ${rule.max} characters)`;
}

function reservedFault(value: unknown): string | undefined {
  const isReserved = typeof value === 'string' && RESERVED_PROGRAM_IDS.has(value);
  return isReserved ? `must not be ${[...RESERVED_PROGRAM_IDS].join(', ')}: these are reserved` : undefined;
}

function tagsFault(value: unknown): string | undefined {
  if (!Array.isArray(value)) return `must be an array of strings, was ${kindOf(value)}`;
  if (value.length > PROGRAM_LIMITS.tags)
    return `must have at most ${PROGRAM_LIMITS.tags} tags, had ${value.length}`;
  if (new Set(value).size !== value.length) return 'must not repeat a tag';
  const wrong = value
    .map((tag) => textFault(tag, PROGRAM_LIMITS.tag as TextRule))
    .find((fault) => fault !== undefined);
  return wrong === undefined ? undefined : `each tag ${wrong}`;
}

function urlFault(value: unknown): string | undefined {
  const fault = textFault(value, { min: 1, ...PROGRAM_LIMITS.thumbnailUrl });
  if (fault !== undefined) return fault;
  const url = URL.parse(String(value));
  return url?.protocol === 'https:' || url?.protocol === 'http:'
    ? undefined
    : 'must be an absolute http or https URL';
}

function viewCountFault(value: unknown): string | undefined {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return undefined;
  return 'must be a whole number from 0 to 9007199254740991';
}

function scoreFault(value: unknown): string | undefined {
  const inRange = typeof value === 'number' && value >= 0 && value <= PROGRAM_LIMITS.popularityScore;
  return inRange ? undefined : `must be a number from 0 to ${PROGRAM_LIMITS.popularityScore}`;
}
