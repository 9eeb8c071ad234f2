import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ProgramCard } from '../../../domain/program/program-card.ts';
import type { Item } from './attributes.ts';
import { bytesOf, integerOf, number, text, textOf } from './attributes.ts';
import { expiryAttributes, isExpired } from './expiry.ts';

/** So many cards are in one item: a page of a list, in about one read unit. */
export const CHUNK_CARDS = 50;

/** What every chunk of a snapshot says of it. */
export interface Snapshot {
  readonly name: string;
  readonly snapshotId: string;
  readonly builtAtMs: number;
  /** Cards of the whole list. */
  readonly size: number;
  readonly expiresAtMs: number;
}

export interface Chunk {
  readonly snapshot: Snapshot;
  readonly cards: readonly ProgramCard[];
}

/** The current snapshot of a list: its first chunk once more, so the top of a list is one read. No program id begins with `#`. */
export function currentKey(name: string): string {
  return `#list#${name}`;
}

export function chunkKey(snapshotId: string, index: number): string {
  return `#cards#${snapshotId}#${index}`;
}

/** The cards are deflated JSON rows: about a quarter of what they take as attributes. */
export function toChunkItem(key: string, { snapshot, cards }: Chunk): Item {
  return {
    programId: text(key),
    listName: text(snapshot.name),
    snapshotId: text(snapshot.snapshotId),
    builtAt: number(snapshot.builtAtMs),
    size: number(snapshot.size),
    cards: { B: deflateRawSync(JSON.stringify(cards.map(toRow))) },
    ...expiryAttributes(snapshot.expiresAtMs),
  };
}

/** `undefined` when it is not there, is over, is of another list or is none of ours. */
export function toChunk(item: Item | undefined, name: string, nowMs: number): Chunk | undefined {
  if (item === undefined) return undefined;
  try {
    const snapshot = readSnapshot(item);
    if (isExpired(item, nowMs) || snapshot.name !== name) return undefined;
    const rows: unknown = JSON.parse(inflateRawSync(bytesOf(item, 'cards')).toString('utf8'));
    return Array.isArray(rows) && rows.every(isRow) ? { snapshot, cards: rows.map(fromRow) } : undefined;
  } catch {
    return undefined;
  }
}

function readSnapshot(item: Item): Snapshot {
  return {
    name: textOf(item, 'listName'),
    snapshotId: textOf(item, 'snapshotId'),
    builtAtMs: integerOf(item, 'builtAt'),
    size: integerOf(item, 'size'),
    expiresAtMs: integerOf(item, 'expiresAt'),
  };
}

type Row = readonly [
  programId: string,
  version: number,
  title: string,
  contentType: string,
  category: string,
  language: string,
  thumbnailUrl: string | null,
  releaseDate: string | null,
  viewCount: number,
  popularityScore: number,
];

function toRow(card: ProgramCard): Row {
  return [
    card.programId,
    card.version,
    card.title,
    card.contentType,
    card.category,
    card.language,
    card.thumbnailUrl,
    card.releaseDate,
    card.viewCount,
    card.popularityScore,
  ];
}

function fromRow(row: Row): ProgramCard {
  const [programId, version, title, contentType, category, language, ...rest] = row;
  const [thumbnailUrl, releaseDate, viewCount, popularityScore] = rest;
  return {
    programId,
    version,
    title,
    contentType,
    category,
    language,
    thumbnailUrl,
    releaseDate,
    viewCount,
    popularityScore,
  };
}

const ROW = [
  'string',
  'number',
  'string',
  'string',
  'string',
  'string',
  'text?',
  'text?',
  'number',
  'number',
];

function isRow(value: unknown): value is Row {
  if (!Array.isArray(value) || value.length !== ROW.length) return false;
  return ROW.every((kind, index) => {
    const part: unknown = value[index];
    return kind === 'text?' ? part === null || typeof part === 'string' : typeof part === kind;
  });
}
