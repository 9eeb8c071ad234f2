import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedisHotProgramStore } from '../../../../src/adapters/redis/hot-program-store.ts';
import type { Program } from '../../../../src/domain/program/program.ts';
import { aName, aProgram, cardsOf, MINUTE_MS } from '../../../contracts/hot-program-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { useRedis } from '../../../support/redis.ts';

const redis = useRedis();

function aStore() {
  const { client, keys } = redis();
  const clock = { now: () => Date.now() };
  const store = createRedisHotProgramStore({ client, keys, clock, ids: { next: randomUUID }, shards: 1 });
  return { store, client, keys };
}

/** Puts a program and lets `spoil` change the text that is kept of it. */
async function spoilt(spoil: (text: string) => string) {
  const { store, client, keys } = aStore();
  const program = aProgram({ category: aName(), version: 7 });
  const key = keys.program(0, program.programId);
  await store.put(program, {}, aCall());
  await client.set(key, spoil((await client.get(key)) ?? ''));
  return { store, client, keys, program, key };
}

const without = (field: keyof Program) => (text: string) => text.replace(`"${field}":`, '"gone":');

const SPOILS: Readonly<Record<string, readonly [version: number | undefined, (text: string) => string]>> = {
  'an empty text': [undefined, () => ''],
  'another text': [undefined, () => 'hello\nworld'],
  'bytes that are no text': [undefined, () => '\u0000\ufffd\n'],
  'another format': [undefined, (text) => text.replace('p1', 'p2')],
  'half of it': [7, (text) => text.slice(0, text.length / 2)],
  'a head alone': [7, (text) => text.slice(0, text.indexOf('\n') + 1)],
  'JSON that is no object': [7, (text) => `${text.slice(0, text.indexOf('\n') + 1)}[1,2]`],
  'no title': [7, without('title')],
  'no metadata': [7, without('metadata')],
  'no tags': [7, without('tags')],
  'no moment': [7, without('updatedAt')],
  'a score as text': [7, (text) => text.replace(/"popularityScore":([\d.]+)/, '"popularityScore":"$1"')],
};

describe('what is no program of ours', () => {
  it.each(Object.keys(SPOILS))('%s is undecodable, is in no category, and is put right', async (name) => {
    const [version, spoil] = SPOILS[name] ?? [undefined, String];
    const { store, program } = await spoilt(spoil);
    const undecodable = { outcome: 'undecodable', version };
    expect(await store.get(program.programId, aCall())).toEqual(undecodable);
    expect(await store.getMany([program.programId], aCall())).toEqual([undecodable]);
    const inCategory = async () => (await store.topByCategory(program.category, 5, undefined, aCall())).items;
    if (!['no metadata', 'no tags', 'no moment'].includes(name)) expect(await inCategory()).toEqual([]);
    expect(await store.put({ ...program, version: 8 }, {}, aCall())).toMatchObject({
      outcome: 'applied',
    });
    expect(await store.get(program.programId, aCall())).toMatchObject({ outcome: 'hit' });
    expect(await inCategory()).toHaveLength(1);
  });

  it.each(Object.keys(SPOILS))('%s is put right by a refresh of its version', async (name) => {
    const { store, program } = await spoilt(SPOILS[name]?.[1] ?? String);
    expect(await store.put(program, { refresh: true }, aCall())).toEqual({ outcome: 'applied', version: 7 });
    expect(await store.get(program.programId, aCall())).toEqual({ outcome: 'hit', program });
  });

  it('a value of another type is undecodable, and is put right', async () => {
    const { store, client, program, key } = await spoilt(String);
    await client.del(key);
    await client.lpush(key, 'x');
    expect(await store.get(program.programId, aCall())).toEqual({
      outcome: 'undecodable',
      version: undefined,
    });
    expect((await store.topByCategory(program.category, 5, undefined, aCall())).items).toEqual([]);
    await store.put(program, {}, aCall());
    expect(await store.get(program.programId, aCall())).toEqual({ outcome: 'hit', program });
  });

  it('in a list makes it a list that is not there', async () => {
    const { store, client, keys } = aStore();
    const name = aName();
    await store.saveList(name, cardsOf(3), MINUTE_MS, aCall());
    const list = await store.list(name, { offset: 0, limit: 3 }, aCall());
    await client.lset(keys.listCards(name, list?.snapshotId ?? ''), 2, '{"title":"x"}');
    expect(await store.list(name, { offset: 0, limit: 3 }, aCall())).toBeUndefined();
    await client.set(keys.listCards(name, list?.snapshotId ?? ''), 'x');
    await expect(store.list(name, { offset: 0, limit: 3 }, aCall())).rejects.toThrow(/WRONGTYPE/);
  });
});
