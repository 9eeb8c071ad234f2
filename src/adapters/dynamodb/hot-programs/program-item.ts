import type { JsonObject } from '../../../domain/json.ts';
import { isPlainObject } from '../../../domain/json.ts';
import type { Program } from '../../../domain/program/program.ts';
import type { ProgramCard } from '../../../domain/program/program-card.ts';
import type { HotRead, ProgramRemoval } from '../../../ports/hot-program-store.ts';
import { shardedKey } from '../shards.ts';
import { storableScore } from '../storable-score.ts';
import type { Item } from './attributes.ts';
import {
  integerOf,
  momentOf,
  number,
  numberOf,
  optionalTextOf,
  refuse,
  text,
  textOf,
  textsOf,
  Undecodable,
} from './attributes.ts';
import { expiryAttributes, isExpired } from './expiry.ts';

/**
 * The item of a program. `category` is the index's key, with its shard; the category itself is `categoryName`. Metadata is
 * JSON text: DynamoDB's own numbers have 38 digits and end at 1e-130 and 1e126, and some doubles lie beyond.
 */
export function toItem(program: Program, expiresAtMs: number | undefined, shards: number): Item {
  const { programId, category, thumbnailUrl, releaseDate } = program;
  return {
    programId: text(programId),
    version: number(program.version),
    title: text(program.title),
    description: text(program.description),
    contentType: text(program.contentType),
    ...(category !== '' && { category: text(shardedKey(category, programId, shards)) }),
    categoryName: text(category),
    language: text(program.language),
    tags: { L: program.tags.map(text) },
    ...(thumbnailUrl !== null && { thumbnailUrl: text(thumbnailUrl) }),
    metadata: text(JSON.stringify(program.metadata)),
    ...(releaseDate !== null && { releaseDate: text(releaseDate) }),
    viewCount: number(program.viewCount),
    ...scoreAttributes(program.popularityScore),
    createdAt: text(program.createdAt.toISOString()),
    updatedAt: text(program.updatedAt.toISOString()),
    ...expiryAttributes(expiresAtMs),
  };
}

/** Without the keys of the index, so it is in no category. */
export function toTombstone({ programId, version }: ProgramRemoval, expiresAtMs: number): Item {
  return {
    programId: text(programId),
    version: number(version),
    deleted: { BOOL: true },
    ...expiryAttributes(expiresAtMs),
  };
}

export function toRead(item: Item | undefined, nowMs: number): HotRead {
  if (item === undefined) return { outcome: 'miss' };
  return decoded<HotRead>(
    () => {
      if (isExpired(item, nowMs)) return { outcome: 'expired' };
      if (item.deleted?.BOOL === true) return { outcome: 'tombstone', version: integerOf(item, 'version') };
      return { outcome: 'hit', program: toProgram(item) };
    },
    () => ({ outcome: 'undecodable', version: versionOf(item) }),
  );
}

export function versionOf(item: Item): number | undefined {
  return decoded(
    () => numberOf(item, 'version'),
    () => undefined,
  );
}

/** The card of an item, whole or as the index has it; `undefined` when it is none of ours. */
export function toIndexedCard(item: Item): ProgramCard | undefined {
  return decoded(
    () => readCard(item),
    () => undefined,
  );
}

function scoreAttributes(score: number): Item {
  const indexed = storableScore(score);
  return {
    popularityScore: number(indexed),
    ...(indexed !== score && { exactScore: text(String(score)) }),
  };
}

function toProgram(item: Item): Program {
  return {
    ...readCard(item),
    description: textOf(item, 'description'),
    tags: textsOf(item, 'tags'),
    metadata: metadataOf(item),
    createdAt: momentOf(item, 'createdAt'),
    updatedAt: momentOf(item, 'updatedAt'),
  };
}

function readCard(item: Item): ProgramCard {
  return {
    programId: textOf(item, 'programId'),
    version: integerOf(item, 'version'),
    title: textOf(item, 'title'),
    contentType: textOf(item, 'contentType'),
    category: textOf(item, 'categoryName'),
    language: textOf(item, 'language'),
    thumbnailUrl: optionalTextOf(item, 'thumbnailUrl'),
    releaseDate: optionalTextOf(item, 'releaseDate'),
    viewCount: integerOf(item, 'viewCount'),
    popularityScore:
      item.exactScore === undefined ? numberOf(item, 'popularityScore') : Number(textOf(item, 'exactScore')),
  };
}

function metadataOf(item: Item): JsonObject {
  const metadata: unknown = JSON.parse(textOf(item, 'metadata'));
  return isPlainObject(metadata) ? (metadata as JsonObject) : refuse('metadata');
}

/** What `read` answers, or `otherwise` where it finds an item that is none of ours. */
export function decoded<Result>(read: () => Result, otherwise: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof Undecodable || error instanceof SyntaxError) return otherwise();
    throw error;
  }
}
