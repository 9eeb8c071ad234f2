import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  aName,
  aProgram,
  cardsOf,
  MINUTE_MS,
  START_MS,
} from '../../../contracts/hot-program-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDynamodb } from '../../../support/dynamodb.ts';
import type { RawItem } from './subject.ts';
import { aStore } from './subject.ts';

const dynamodb = useDynamodb();

describe('the item of a program', () => {
  it('has numbers as numbers, moments as ISO texts, the shard in its category and the time to live in seconds', async () => {
    const { store, rawItem } = aStore(dynamodb());
    const program = aProgram({ category: 'Drama', metadata: { minutes: 104 } });
    await store.put(program, { ttlMs: 90_500 }, aCall());
    expect(await rawItem(program.programId)).toEqual({
      programId: { S: program.programId },
      version: { N: '1' },
      title: { S: 'The Third Man' },
      description: { S: 'A writer looks for a friend in Vienna.' },
      contentType: { S: 'movie' },
      category: { S: expect.stringMatching(/^Drama#[0-3]$/) },
      categoryName: { S: 'Drama' },
      language: { S: 'en' },
      tags: { L: [{ S: 'noir' }, { S: 'vienna' }] },
      thumbnailUrl: { S: 'https://images.example.org/third-man.jpg' },
      metadata: { S: '{"minutes":104}' },
      releaseDate: { S: '1949-09-01' },
      viewCount: { N: '12345' },
      popularityScore: { N: '98.6' },
      createdAt: { S: '2024-02-29T23:59:59.001Z' },
      updatedAt: { S: '2026-03-01T10:00:00.123Z' },
      expiresAt: { N: String(START_MS + 90_500) },
      ttl: { N: String(START_MS / 1000 + 91) },
    });
  });

  it('leaves out what there is not, and has the plain category where there are no shards', async () => {
    const { store, rawItem } = aStore(dynamodb(), undefined, 1);
    const program = aProgram({ category: 'Drama', thumbnailUrl: null, releaseDate: null });
    await store.put(program, {}, aCall());
    const item = await rawItem(program.programId);
    expect(item?.category).toEqual({ S: 'Drama' });
    for (const name of ['thumbnailUrl', 'releaseDate', 'expiresAt', 'ttl', 'exactScore'])
      expect(item).not.toHaveProperty(name);
  });

  it('that is deleted has its version and its time, and no key of the index', async () => {
    const { store, rawItem } = aStore(dynamodb());
    const programId = anId();
    await store.delete({ programId, version: 3 }, aCall());
    const expiresAt = START_MS + 30 * 24 * 60 * MINUTE_MS;
    expect(await rawItem(programId)).toEqual({
      programId: { S: programId },
      version: { N: '3' },
      deleted: { BOOL: true },
      expiresAt: { N: String(expiresAt) },
      ttl: { N: String(expiresAt / 1000) },
    });
  });
});

/** Changes to an item of version 4 that make it none of ours, with what can still be told of its version. */
const DAMAGE: Readonly<Record<string, { readonly change: RawItem; readonly version: number | undefined }>> = {
  'a number for a title': { change: { title: { N: '1' } }, version: 4 },
  'a text for a count': { change: { viewCount: { S: '9500' } }, version: 4 },
  'a count with a fraction': { change: { viewCount: { N: '1.5' } }, version: 4 },
  'a count that no double can hold': { change: { viewCount: { N: '9007199254740993' } }, version: 4 },
  'a count past all integers': { change: { viewCount: { N: '99999999999999999999.5' } }, version: 4 },
  'a set of tags': { change: { tags: { SS: ['a'] } }, version: 4 },
  'a number among the tags': { change: { tags: { L: [{ S: 'a' }, { N: '1' }] } }, version: 4 },
  'a map for metadata': { change: { metadata: { M: {} } }, version: 4 },
  'metadata that is no JSON': { change: { metadata: { S: '{' } }, version: 4 },
  'metadata that is a list': { change: { metadata: { S: '[]' } }, version: 4 },
  'a moment that is none': { change: { updatedAt: { S: 'yesterday' } }, version: 4 },
  'a null for a thumbnail': { change: { thumbnailUrl: { NULL: true } }, version: 4 },
  'a text for its end': { change: { expiresAt: { S: '2100' } }, version: 4 },
  'a text for a version': { change: { version: { S: '4' } }, version: undefined },
};

describe('an item that is none of ours', () => {
  it.each(Object.entries(DAMAGE))(
    'by %s is undecodable, harms no other read, and is replaced',
    async (_, { change, version }) => {
      const { store, plant, rawItem } = aStore(dynamodb());
      const [program, other] = [4, 1].map((stored) => aProgram({ version: stored, category: aName() }));
      if (program === undefined || other === undefined) throw new Error('two were made');
      await store.put(program, {}, aCall());
      await store.put({ ...other, category: program.category }, {}, aCall());
      await plant({ ...(await rawItem(program.programId)), ...change });
      const found = { outcome: 'undecodable', version };
      expect(await store.get(program.programId, aCall())).toEqual(found);
      const reads = await store.getMany([other.programId, program.programId], aCall());
      expect(reads).toMatchObject([{ outcome: 'hit' }, found]);
      const page = await store.topByCategory(program.category, 10, undefined, aCall());
      expect(page.items.map(({ programId }) => programId)).toContain(other.programId);
      expect(page.next).toBeUndefined();
      const newer = { ...program, version: 5 };
      expect(await store.put(newer, {}, aCall())).toEqual({ outcome: 'applied', version: 5 });
      expect(await store.get(program.programId, aCall())).toEqual({ outcome: 'hit', program: newer });
    },
  );

  it.each(Object.entries(DAMAGE))('by %s is put right by a refresh of its version', async (_, { change }) => {
    const { store, plant, rawItem } = aStore(dynamodb());
    const program = aProgram({ version: 4 });
    await store.put(program, {}, aCall());
    await plant({ ...(await rawItem(program.programId)), ...change });
    expect(await store.put(program, { refresh: true }, aCall())).toEqual({ outcome: 'applied', version: 4 });
    expect(await store.get(program.programId, aCall())).toEqual({ outcome: 'hit', program });
  });

  it('for want of a version, as the guide writes them, is undecodable and gives way to any version', async () => {
    const { store, plant } = aStore(dynamodb());
    const program = aProgram();
    const { programId } = program;
    await plant({
      programId: { S: programId },
      title: { S: 'T' },
      category: { S: 'Drama' },
      ttl: { N: '1735689600' },
    });
    expect(await store.get(programId, aCall())).toEqual({ outcome: 'undecodable', version: undefined });
    expect(await store.put(program, {}, aCall())).toEqual({ outcome: 'applied', version: 1 });
  });

  it.each<RawItem>([
    { cards: { S: '[]' } },
    { cards: { B: new Uint8Array([1, 2, 3]) } },
    { cards: { B: deflateRawSync('{}') } },
    { cards: { B: deflateRawSync('[["short"]]') } },
    { cards: { B: deflateRawSync('[[1,1,"t","c","c","l",null,null,1,1]]') } },
    { size: { S: '3' } },
    { listName: { S: 'another' } },
    { expiresAt: { N: '1' } },
  ])('in place of a list makes it a list that is not there: %j', async (change) => {
    const { store, plant, rawItem } = aStore(dynamodb());
    const name = aName();
    await store.saveList(name, cardsOf(3), MINUTE_MS, aCall());
    const head = await rawItem(`#list#${name}`);
    const list = () => store.list(name, { offset: 0, limit: 10 }, aCall());
    expect(await list()).toMatchObject({ size: 3 });
    await plant({ ...head, programId: { S: `#list#${name}` }, ...change });
    expect(await list()).toBeUndefined();
  });
});
