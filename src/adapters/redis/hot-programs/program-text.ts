import type { Program } from '../../../domain/program/program.ts';
import type { ProgramCard } from '../../../domain/program/program-card.ts';
import type { HotEntry, HotRead, ProgramRemoval } from '../../../ports/hot-program-store.ts';
import { escaped } from '../keys.ts';
import { rankOf } from './rank.ts';

/*
 * What is kept of a program is one text of two lines, of a tombstone the first alone:
 *
 *   p1 VERSION EXPIRES RANK CATEGORY                         EXPIRES in Unix milliseconds, 0: never. RANK - : a tombstone
 *   {"programId":..., the rest of the card, "description":..., the rest of the program}
 *
 * So a read is one GET and one JSON.parse, scripts look at the first line alone, and a category hands out cards alone: what stands
 * before `,"description":`. These characters can not stand in a text of the card, where JSON escapes the quotation marks.
 */
/** What a scan sees of it, the first 64 characters, has no more than this for sure. */
const BEGINNING = /^p1 (\d{1,16}) (\d{1,16}) (\S+)[ \n]/;
const FORMAT = 'p1 ';

// The digits of a safe integer.
const MOST_DIGITS = 16;

/** A program as JSON has it: moments in Unix milliseconds. */
type StoredProgram = Omit<Program, 'createdAt' | 'updatedAt'> & {
  readonly createdAt: number;
  readonly updatedAt: number;
};

export function writeProgram(program: Program, expiresAtMs: number): string {
  const stored: StoredProgram = {
    programId: program.programId,
    version: program.version,
    title: program.title,
    contentType: program.contentType,
    category: program.category,
    language: program.language,
    thumbnailUrl: program.thumbnailUrl,
    releaseDate: program.releaseDate,
    viewCount: program.viewCount,
    popularityScore: program.popularityScore,
    description: program.description,
    tags: program.tags,
    metadata: program.metadata,
    createdAt: program.createdAt.getTime(),
    updatedAt: program.updatedAt.getTime(),
  };
  const rank = rankOf(program.popularityScore);
  return `p1 ${program.version} ${expiresAtMs} ${rank} ${escaped(program.category)}\n${JSON.stringify(stored)}`;
}

export function writeTombstone({ version }: ProgramRemoval, expiresAtMs: number): string {
  return `p1 ${version} ${expiresAtMs} -\n`;
}

export function readProgram(text: string | null | undefined, nowMs: number): HotRead {
  if (text === null || text === undefined) return { outcome: 'miss' };
  const head = readHead(text);
  if (head === undefined) return { outcome: 'undecodable', version: undefined };
  const { expiresAtMs, isTombstone, end } = head;
  if (expiresAtMs !== 0 && expiresAtMs <= nowMs) return { outcome: 'expired' };
  if (isTombstone) return { outcome: 'tombstone', version: versionOf(text) };
  const stored = readJson(text.slice(end));
  return isProgram(stored)
    ? { outcome: 'hit', program: toProgram(stored) }
    : { outcome: 'undecodable', version: versionOf(text) };
}

interface Head {
  readonly expiresAtMs: number;
  readonly isTombstone: boolean;
  /** Where the second line begins. */
  readonly end: number;
}

/** By hand, since a regular expression takes several times as long for what it hands out. */
function readHead(text: string): Head | undefined {
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0 || !text.startsWith(FORMAT)) return undefined;
  const versionEnd = digitsEnd(text, FORMAT.length);
  const rankAt = digitsEnd(text, versionEnd + 1) + 1;
  if (versionEnd < 0 || rankAt === 0 || !isVisible(text, rankAt)) return undefined;
  return {
    expiresAtMs: Number(text.slice(versionEnd + 1, rankAt - 1)),
    isTombstone: text.charAt(rankAt) === '-' && !isVisible(text, rankAt + 1),
    end: lineEnd + 1,
  };
}

/** Of a text whose head is right. */
function versionOf(text: string): number {
  return Number(text.slice(FORMAT.length, text.indexOf(' ', FORMAT.length)));
}

/** Where the digits from `from` on end, which must be with a space; -1 otherwise. */
function digitsEnd(text: string, from: number): number {
  let end = from;
  while (text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end += 1;
  const isRight = text.charCodeAt(end) === 32 && end > from && end - from <= MOST_DIGITS;
  return isRight ? end : -1;
}

function isVisible(text: string, at: number): boolean {
  return text.charCodeAt(at) > 32;
}

/** The entry of a text that begins so; `undefined` when it has expired. */
export function readEntry(programId: string, beginning: string, nowMs: number): HotEntry | undefined {
  const head = BEGINNING.exec(beginning);
  if (head === null) return { programId, version: undefined, state: 'undecodable' };
  const [, version, expires, rank] = head;
  if (expires !== '0' && Number(expires) <= nowMs) return undefined;
  return { programId, version: Number(version), state: rank === '-' ? 'tombstone' : 'live' };
}

/** A card from JSON, or `undefined` when it is none. */
export function readCard(text: string): ProgramCard | undefined {
  const value = readJson(text);
  return isCard(value) ? value : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toProgram(stored: StoredProgram): Program {
  return Object.assign(stored, {
    createdAt: new Date(stored.createdAt),
    updatedAt: new Date(stored.updatedAt),
  });
}

// Field by field, since what goes through a list of names is looked up anew each time.
function hasCard(value: Record<string, unknown>): boolean {
  return hasCardTexts(value) && hasCardNumbers(value);
}

function hasCardTexts(value: Record<string, unknown>): boolean {
  return (
    typeof value.programId === 'string' &&
    typeof value.title === 'string' &&
    typeof value.contentType === 'string' &&
    typeof value.category === 'string' &&
    typeof value.language === 'string' &&
    isTextOrNull(value.thumbnailUrl) &&
    isTextOrNull(value.releaseDate)
  );
}

function hasCardNumbers(value: Record<string, unknown>): boolean {
  return (
    typeof value.version === 'number' &&
    typeof value.viewCount === 'number' &&
    typeof value.popularityScore === 'number'
  );
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isCard(value: unknown): value is ProgramCard {
  return isRecord(value) && hasCard(value);
}

function isProgram(value: unknown): value is StoredProgram {
  return (
    isRecord(value) &&
    hasCard(value) &&
    typeof value.description === 'string' &&
    typeof value.createdAt === 'number' &&
    typeof value.updatedAt === 'number' &&
    Array.isArray(value.tags) &&
    value.tags.every((tag) => typeof tag === 'string') &&
    isRecord(value.metadata)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
