import type { ListPosition } from '../page.ts';
import { isScalarPosition } from '../page.ts';
import { cleanTextFault, compareText } from '../text.ts';
import type { Program } from './program.ts';

/** Every given condition must hold. */
export interface ProgramFilter {
  readonly category?: string;
  readonly language?: string;
  readonly contentType?: string;
  readonly tag?: string;
  /** Inclusive, `YYYY-MM-DD`; programs without a release date never match. */
  readonly releasedAfter?: string;
  /** Inclusive, `YYYY-MM-DD`; programs without a release date never match. */
  readonly releasedBefore?: string;
}

export const PROGRAM_SORTS = ['-popularityScore', '-viewCount', '-releaseDate', 'title'] as const;
export type ProgramSort = (typeof PROGRAM_SORTS)[number];

export interface ProgramQuery {
  readonly filter: ProgramFilter;
  /** Ties go by `programId`, ascending; programs without a release date come last in `-releaseDate`; `title` is by code point. */
  readonly sort: ProgramSort;
  readonly limit: number;
  /** Go on after this position, as a page of the same filter and sort gave it. */
  readonly after?: ProgramPosition;
}

/** `[sort key, programId]`. */
export type ProgramPosition = readonly [key: string | number | null, programId: string];

/** The position of a program in a list of this order. */
export function positionOf(program: Program, sort: ProgramSort): ProgramPosition {
  return [sortKey(program, sort), program.programId];
}

function sortKey(program: Program, sort: ProgramSort): string | number | null {
  switch (sort) {
    case '-popularityScore':
      return program.popularityScore;
    case '-viewCount':
      return program.viewCount;
    case '-releaseDate':
      return program.releaseDate;
    case 'title':
      return program.title;
  }
}

/** Orders two positions of the same sort as the list does. */
export function comparePositions(sort: ProgramSort, a: ProgramPosition, b: ProgramPosition): number {
  const byKey = sort === 'title' ? compareText(String(a[0]), String(b[0])) : compareDescending(a[0], b[0]);
  return byKey === 0 ? compareText(a[1], b[1]) : byKey;
}

function compareDescending(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? 1 : -1;
}

/** Whether a value that came from outside is a position of this order. */
export function isProgramPosition(sort: ProgramSort, value: ListPosition): value is ProgramPosition {
  if (!isScalarPosition(value) || value.length !== 2 || !isCleanText(value[1])) return false;
  const key = value[0];
  if (sort === 'title') return isCleanText(key);
  if (sort === '-releaseDate')
    return key === null || (typeof key === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(key));
  return typeof key === 'number' && (sort === '-popularityScore' || Number.isSafeInteger(key));
}

/** A forged position must not carry to a store what a program could never have. */
function isCleanText(value: unknown): boolean {
  return typeof value === 'string' && cleanTextFault(value, false) === undefined;
}

/** Whether a program meets every condition of the filter. */
export function matches(program: Program, filter: ProgramFilter): boolean {
  return (
    (filter.category === undefined || program.category === filter.category) &&
    (filter.language === undefined || program.language === filter.language) &&
    (filter.contentType === undefined || program.contentType === filter.contentType) &&
    (filter.tag === undefined || program.tags.includes(filter.tag)) &&
    isReleasedWithin(program.releaseDate, filter)
  );
}

function isReleasedWithin(releaseDate: string | null, filter: ProgramFilter): boolean {
  const { releasedAfter, releasedBefore } = filter;
  if (releasedAfter === undefined && releasedBefore === undefined) return true;
  if (releaseDate === null) return false;
  return releaseDate >= (releasedAfter ?? releaseDate) && releaseDate <= (releasedBefore ?? releaseDate);
}
