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
const HEAD = /^p1 (\d{1,16}) (\d{1,16}) (\S+)[^\n]*\n/;
/** What a scan sees of it, the first 64 characters, has no more than this for sure. */
const BEGINNING = /^p1 (\d{1,16}) (\d{1,16}) (\S+)[ \n]/;

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
  const head = HEAD.exec(text);
  if (head === null) return { outcome: 'undecodable', version: undefined };
  const [line, version, expires, rank] = head;
  if (expires !== '0' && Number(expires) <= nowMs) return { outcome: 'expired' };
  if (rank === '-') return { outcome: 'tombstone', version: Number(version) };
  const stored = readJson(text.slice(line.length));
  return isProgram(stored)
    ? { outcome: 'hit', program: toProgram(stored) }
    : { outcome: 'undecodable', version: Number(version) };
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

const CARD_TEXTS = ['programId', 'title', 'contentType', 'category', 'language'];
const CARD_NUMBERS = ['version', 'viewCount', 'popularityScore'];
const CARD_TEXTS_OR_NULL = ['thumbnailUrl', 'releaseDate'];

function hasCard(value: Record<string, unknown>): boolean {
  return (
    CARD_TEXTS.every((name) => typeof value[name] === 'string') &&
    CARD_NUMBERS.every((name) => typeof value[name] === 'number') &&
    CARD_TEXTS_OR_NULL.every((name) => value[name] === null || typeof value[name] === 'string')
  );
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
