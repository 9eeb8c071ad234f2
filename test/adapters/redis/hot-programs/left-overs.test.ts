import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedisHotProgramStore } from '../../../../src/adapters/redis/hot-program-store.ts';
import { shardOf } from '../../../../src/adapters/redis/hot-programs/shards.ts';
import type { Program } from '../../../../src/domain/program/program.ts';
import { TOMBSTONE_KEPT_MS } from '../../../../src/ports/hot-program-store.ts';
import {
  aName,
  aProgram,
  cardsOf,
  putAll,
  readCategory,
} from '../../../contracts/hot-program-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { useRedis } from '../../../support/redis.ts';

const redis = useRedis();

function aStore(shards = 1) {
  const { client, keys } = redis();
  const clock = { now: () => Date.now() };
  const store = createRedisHotProgramStore({ client, keys, clock, ids: { next: randomUUID }, shards });
  const keyOf = ({ programId }: Program) => keys.program(shardOf(programId, shards), programId);
  return { store, client, keys, keyOf };
}

function programsIn(category: string, count: number): readonly Program[] {
  return Array.from({ length: count }, (_, n) => aProgram({ category, popularityScore: n }));
}

describe('what Redis drops when it expires', () => {
  it('is dropped a minute after its time; a list too, and what has no time never', async () => {
    const { store, client, keys, keyOf } = aStore();
    const [timed, untimed, deleted] = [aProgram(), aProgram(), aProgram()];
    const name = aName();
    await store.put(timed, { ttlMs: 5_000 }, aCall());
    await store.put(untimed, {}, aCall());
    await store.delete({ programId: deleted.programId, version: 2 }, aCall());
    await store.saveList(name, cardsOf(2), 5_000, aCall());
    const list = await store.list(name, { offset: 0, limit: 1 }, aCall());
    const around = (ms: number) => expect.toSatisfy((value: number) => value > ms - 5_000 && value <= ms);
    expect(await client.pttl(keyOf(timed))).toEqual(around(65_000));
    expect(await client.pttl(keyOf(untimed))).toBe(-1);
    expect(await client.pttl(keyOf(deleted))).toEqual(around(TOMBSTONE_KEPT_MS + 60_000));
    expect(await client.pttl(keys.listPointer(name))).toEqual(around(65_000));
    expect(await client.pttl(keys.listCards(name, list?.snapshotId ?? ''))).toEqual(around(65_000));
  });

  it('is not in its category any more, and its place is removed by who reads it', async () => {
    const { store, client, keys, keyOf } = aStore();
    const category = aName();
    const programs = programsIn(category, 10);
    await putAll(store, programs);
    await client.unlink(...programs.slice(3).map(keyOf));
    const page = await store.topByCategory(category, 5, undefined, aCall());
    expect(page.items.map((card) => card.popularityScore)).toEqual([2, 1, 0]);
    expect(await client.zcard(keys.category(0, category))).toBe(3);
  });

  it('may come back with another score, and is there once', async () => {
    const { store, client, keyOf } = aStore();
    const category = aName();
    const program = aProgram({ category, popularityScore: 9 });
    await store.put(program, {}, aCall());
    await client.unlink(keyOf(program));
    await store.put({ ...program, popularityScore: 4 }, {}, aCall());
    const page = await store.topByCategory(category, 5, undefined, aCall());
    expect(page.items.map((card) => card.popularityScore)).toEqual([4]);
  });

  it('does not pile up in a category that nobody reads', async () => {
    const { store, client, keys, keyOf } = aStore();
    const category = aName();
    const passing = programsIn(category, 500);
    await putAll(store, passing);
    await client.unlink(...passing.map(keyOf));
    await putAll(store, programsIn(category, 500));
    expect(await client.zcard(keys.category(0, category))).toBeLessThan(650);
  });

  it('is passed over, however much it is', async () => {
    const { store, client, keys } = aStore();
    const category = aName();
    const left = Array.from({ length: 9_000 }, (_, n) => [0, `${'0'.repeat(16)}gone-${n}`] as const);
    await client.zadd(keys.category(0, category), ...left.flat());
    await putAll(store, programsIn(category, 3));
    expect(await readCategory(store, category, () => 2)).toHaveLength(3);
    expect(await client.zcard(keys.category(0, category))).toBe(3);
  });
});

describe('a category whose best are all in one shard', () => {
  it('is read in order', async () => {
    const { store } = aStore(16);
    const category = aName();
    const programs = Array.from({ length: 1_000 }, (_, n) => `${n}-${randomUUID()}`)
      .filter((programId) => shardOf(programId, 16) === 3)
      .map((programId, n) => aProgram({ programId, category, popularityScore: 100 + n }));
    await putAll(store, [...programs, ...programsIn(category, 60)]);
    const page = await store.topByCategory(category, programs.length, undefined, aCall());
    const best = programs.toReversed().map(({ programId }) => programId);
    expect(page.items.map(({ programId }) => programId)).toEqual(best);
    expect(await readCategory(store, category, () => 13)).toHaveLength(programs.length + 60);
  });
});
