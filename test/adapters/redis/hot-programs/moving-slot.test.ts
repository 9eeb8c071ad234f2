import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedisHotProgramStore } from '../../../../src/adapters/redis/hot-program-store.ts';
import { createRedisKeys } from '../../../../src/adapters/redis/keys.ts';
import { StoreUnavailable } from '../../../../src/domain/errors.ts';
import type { HotProgramStore } from '../../../../src/ports/hot-program-store.ts';
import { aProgram, putAll } from '../../../contracts/hot-program-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { useMovingSlot } from '../../../support/redis-moving-slot.ts';

const cluster = useMovingSlot();
const CATEGORY = 'drama';

/** The result of a read, or `undefined` where it was refused because the slot is on its way. */
async function unlessRefused<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreUnavailable);
    return undefined;
  }
}

/** The ids in a scan and in the category, of those of the two that were not refused. */
async function readIds(store: HotProgramStore): Promise<(readonly string[])[]> {
  const scan = await unlessRefused(() => store.scan(undefined, 100, aCall()));
  const top = await unlessRefused(() => store.topByCategory(CATEGORY, 100, undefined, aCall()));
  return [scan?.entries, top?.items]
    .filter((found) => found !== undefined)
    .map((found) => found.map(({ programId }) => programId).toSorted());
}

describe.each([
  ['the programs before what lists them', true],
  ['what lists programs before them', false],
])('while the slot of hot programs moves, %s', (_, programsFirst) => {
  it.each([1, 4])('%i of them: a read has all or is refused, and nothing is forgotten', async (count) => {
    const { client, from, begin, move, end } = cluster();
    // A hash tag, and so a slot, of its own.
    const keys = createRedisKeys(`{${randomUUID()}}:`);
    const clock = { now: () => Date.now() };
    const store = createRedisHotProgramStore({ client, keys, clock, ids: { next: randomUUID }, shards: 1 });
    const programs = Array.from({ length: count }, () => aProgram({ category: CATEGORY }));
    await putAll(store, programs);
    const ids = programs.map(({ programId }) => programId).toSorted();
    const texts = ids.map((programId) => keys.program(0, programId));
    const lists = [keys.programIds(0), keys.category(0, CATEGORY)];
    expect(await from.exists(...texts, ...lists)).toBe(count + 2);

    await begin(lists[0] ?? '');
    const acknowledged = [...ids];
    for (const key of programsFirst ? [...texts, ...lists] : [...lists, ...texts]) {
      for (const found of await readIds(store)) expect(found).toEqual(acknowledged);
      const added = aProgram({ category: CATEGORY });
      if ((await unlessRefused(() => store.put(added, {}, aCall()))) !== undefined)
        acknowledged.push(added.programId);
      acknowledged.sort();
      await move(key);
    }
    await end(lists[0] ?? '');
    expect(await readIds(store)).toEqual([acknowledged, acknowledged]);
  });
});
