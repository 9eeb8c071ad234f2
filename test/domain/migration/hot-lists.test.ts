import { describe, expect, it } from 'vitest';
import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { createHotLists, popularListName } from '../../../src/domain/migration/hot-lists.ts';
import { aCall } from '../../support/call.ts';
import { aHouse } from './fixture.ts';

const FRESH_MS = 5000;

async function lists() {
  const house = aHouse();
  const leases = createMemoryLeases(house);
  const build = (instanceId: string) =>
    createHotLists({ ...house, leases, instanceId, freshMs: FRESH_MS, now: () => house.clock.now() });
  await house.write('a', { popularityScore: 1 });
  await house.write('b', { popularityScore: 2 });
  const list = () => house.hot.list('popular', { offset: 0, limit: 10 }, aCall());
  return { ...house, build, list };
}

describe('the names of lists', () => {
  it.each([
    [{}, 'popular'],
    [{ category: 'drama' }, 'popular:drama'],
    [{ language: 'en' }, undefined],
    [{ category: 'drama', language: 'en' }, undefined],
  ])('of %o is %s', (filter, name) => {
    expect(popularListName(filter)).toBe(name);
  });
});

describe('the list of all programs', () => {
  it('is built from the catalogue, most popular first, by one of many instances', async () => {
    const { build, list } = await lists();
    const [a, b] = [build('a'), build('b')];
    expect(await Promise.all([a.round(aCall()), b.round(aCall())])).toEqual([1, 0]);
    expect((await list())?.cards.map(({ programId }) => programId)).toEqual(['b', 'a']);
  });

  it('is not written again while nothing changed, but before its time is over', async () => {
    const { build, clock, list } = await lists();
    const a = build('a');
    await a.round(aCall());
    clock.advance(FRESH_MS);
    expect(await a.round(aCall())).toBe(0);
    clock.advance(1_800_000);
    expect(await a.round(aCall())).toBe(1);
    clock.advance(1_800_001);
    expect(await list()).toBeDefined();
  });

  it('is taken over by another instance when its builder is gone', async () => {
    const { build, clock, write, list } = await lists();
    await build('a').round(aCall());
    await write('c', { popularityScore: 9 });
    const b = build('b');
    expect(await b.round(aCall())).toBe(0);
    clock.advance(FRESH_MS);
    expect(await b.round(aCall())).toBe(1);
    expect((await list())?.cards[0]).toMatchObject({ programId: 'c' });
  });
});

describe('the list of a category', () => {
  it('is not built for a name that nobody has', async () => {
    const { build, hot } = await lists();
    const a = build('a');
    a.asked({ category: 'made up' }, undefined);
    await a.round(aCall());
    expect(await hot.list('popular:made up', { offset: 0, limit: 1 }, aCall())).toBeUndefined();
  });

  it('waits for its turn behind a hundred others at most', async () => {
    const { build, write, hot } = await lists();
    await hot.put(await write('late', { category: 'late' }), {}, aCall());
    const a = build('a');
    for (let other = 0; other < 100; other += 1) a.asked({ category: `made up ${other}` }, undefined);
    a.asked({ category: 'late' }, undefined);
    await a.round(aCall());
    const read = () => hot.list('popular:late', { offset: 0, limit: 1 }, aCall());
    expect(await read()).toBeUndefined();
    a.asked({ category: 'late' }, undefined);
    await a.round(aCall());
    expect(await read()).toMatchObject({ size: 1 });
  });
});
