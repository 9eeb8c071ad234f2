import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedisHotProgramStore } from '../../../../src/adapters/redis/hot-program-store.ts';
import { createRedisKeys } from '../../../../src/adapters/redis/keys.ts';
import type { HotEntry, HotProgramStore } from '../../../../src/ports/hot-program-store.ts';
import { aProgram, cardsOf, MINUTE_MS, putAll } from '../../../contracts/hot-program-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { useRedis } from '../../../support/redis.ts';

const redis = useRedis();

/** Where nothing is yet. */
function aStore(shards = 1) {
  const { client, keys: all } = redis();
  const keys = createRedisKeys(`${all.listPointer('')}${randomUUID()}:`);
  const clock = { now: () => Date.now() };
  const ids = { next: randomUUID };
  const store = createRedisHotProgramStore({ client, keys, clock, ids, shards });
  return { store, client, keys };
}

async function scanAll(store: HotProgramStore, limit: number): Promise<readonly (readonly HotEntry[])[]> {
  const pages: (readonly HotEntry[])[] = [];
  let cursor: string | undefined;
  do {
    const { entries, next } = await store.scan(cursor, limit, aCall());
    pages.push(entries);
    cursor = next;
  } while (cursor !== undefined);
  return pages;
}

function idsOf(pages: readonly (readonly HotEntry[])[]): readonly string[] {
  return pages.flat().map(({ programId }) => programId);
}

const byPage = (count: number) => Array.from({ length: count }, () => aProgram());

describe('a scan of Redis', () => {
  it.each([1, 16])('of %i shards that are empty has one page for each', async (shards) => {
    const { store } = aStore(shards);
    await store.saveList('popular', cardsOf(5), MINUTE_MS, aCall());
    expect(await scanAll(store, 10)).toEqual(Array.from({ length: shards }, () => []));
  });

  it('looks at 1,000 programs at once and no more', async () => {
    const { store } = aStore();
    await putAll(store, byPage(1_100));
    const pages = await scanAll(store, 1_000_000);
    expect(pages.map((page) => page.length)).toEqual([1_000, 100]);
    expect(new Set(idsOf(pages)).size).toBe(1_100);
  });

  it('goes on after a program that is gone', async () => {
    const { store, client, keys } = aStore();
    const programs = byPage(6).toSorted((a, b) => (a.programId < b.programId ? -1 : 1));
    await putAll(store, programs);
    const first = await store.scan(undefined, 3, aCall());
    await client.unlink(keys.program(0, first.entries.at(-1)?.programId ?? ''));
    await client.zrem(keys.programIds(0), first.entries.at(-1)?.programId ?? '');
    const rest = await store.scan(first.next, 10, aCall());
    expect(idsOf([first.entries, rest.entries])).toEqual(programs.map(({ programId }) => programId));
  });

  it('takes no cursor of another number of shards', async () => {
    const { store, client, keys } = aStore(16);
    const clock = { now: () => Date.now() };
    const other = createRedisHotProgramStore({ client, keys, clock, ids: { next: randomUUID }, shards: 8 });
    const { next } = await store.scan(undefined, 1, aCall());
    await expect(other.scan(next, 1, aCall())).rejects.toMatchObject({ code: 'invalid-cursor' });
  });
});

describe('what Redis has dropped', () => {
  it('is in no scan, which removes its id', async () => {
    const { store, client, keys } = aStore();
    const programs = byPage(10);
    await putAll(store, programs);
    await client.unlink(...programs.slice(3).map(({ programId }) => keys.program(0, programId)));
    const kept = programs.slice(0, 3).map(({ programId }) => programId);
    expect(idsOf(await scanAll(store, 4)).toSorted()).toEqual(kept.toSorted());
    expect(await client.zcard(keys.programIds(0))).toBe(3);
  });

  it('does not pile up where nobody scans, whether programs or tombstones come after it', async () => {
    const { store, client, keys } = aStore();
    const passing = byPage(500);
    await putAll(store, passing);
    await client.unlink(...passing.map(({ programId }) => keys.program(0, programId)));
    const deleted = byPage(500);
    await Promise.all(deleted.map(({ programId }) => store.delete({ programId, version: 2 }, aCall())));
    expect(await client.zcard(keys.programIds(0))).toBeLessThan(650);
    expect(idsOf(await scanAll(store, 100))).toHaveLength(500);
  });

  it('is in a scan again once it is put again', async () => {
    const { store, client, keys } = aStore();
    const program = aProgram();
    await store.put(program, {}, aCall());
    await client.unlink(keys.program(0, program.programId));
    expect(idsOf(await scanAll(store, 100))).toEqual([]);
    await store.put(program, {}, aCall());
    expect(idsOf(await scanAll(store, 100))).toEqual([program.programId]);
  });
});

/** What stands in place of a program's text, with what a scan tells of it. */
const TEXTS: Readonly<Record<string, readonly [text: string, told: Partial<HotEntry>]>> = {
  'an empty text': ['', { version: undefined, state: 'undecodable' }],
  'another text': ['hello\nworld', { version: undefined, state: 'undecodable' }],
  'another format': ['p2 7 0 - \n', { version: undefined, state: 'undecodable' }],
  'a program, as far as its head tells': [`p1 7 0 ${'f'.repeat(16)} drama\n`, { version: 7, state: 'live' }],
  'a tombstone with the longest numbers': [
    `p1 ${Number.MAX_SAFE_INTEGER} ${Number.MAX_SAFE_INTEGER} -\n`,
    { version: Number.MAX_SAFE_INTEGER, state: 'tombstone' },
  ],
  'a category without a name': [`p1 7 0 ${'f'.repeat(16)} \n{}`, { version: 7, state: 'live' }],
};

describe('in a scan', () => {
  it.each(Object.entries(TEXTS))('%s', async (_, [text, told]) => {
    const { store, client, keys } = aStore();
    const { programId, ...program } = aProgram();
    await store.put({ programId, ...program }, {}, aCall());
    await client.set(keys.program(0, programId), text);
    expect(await scanAll(store, 5)).toEqual([[{ programId, ...told }]]);
  });

  it('a value of another type is undecodable', async () => {
    const { store, client, keys } = aStore();
    const program = aProgram();
    const key = keys.program(0, program.programId);
    await store.put(program, {}, aCall());
    await client.del(key);
    await client.lpush(key, 'x');
    const { programId } = program;
    expect(await scanAll(store, 5)).toEqual([[{ programId, version: undefined, state: 'undecodable' }]]);
  });
});
