import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { MemoryRankedListsOptions } from '../../../src/adapters/memory/ranked-lists.ts';
import { createMemoryRankedLists } from '../../../src/adapters/memory/ranked-lists.ts';
import { rankedListsContract } from '../../contracts/ranked-lists/index.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { aRanking } from '../../support/search-builders.ts';

function aFixture(limits: Pick<MemoryRankedListsOptions, 'maxLists' | 'maxEntries'> = {}) {
  const clock = createFakeClock();
  const lists = createMemoryRankedLists({ clock, ids: { next: randomUUID }, ...limits });
  return { lists, elsewhere: lists, advance: async (ms: number) => clock.advance(ms) };
}

rankedListsContract(async () => aFixture());

describe('ranked lists in memory', () => {
  it.each([
    { what: 'lists', limits: { maxLists: 3 } },
    { what: 'entries', limits: { maxEntries: 31 } },
  ])('are no more than the most $what allowed, the oldest go first', async ({ limits }) => {
    const { lists } = aFixture(limits);
    const saved: string[] = [];
    for (let n = 0; n < 5; n += 1) saved.push(await lists.save(aRanking(10), {}, 60_000, aCall()));
    const slices = await Promise.all(saved.map((listId) => lists.slice(listId, 0, 1, aCall())));
    expect(slices.map((slice) => slice?.size)).toEqual([undefined, undefined, 10, 10, 10]);
  });

  it('make room by those whose time is over before others', async () => {
    const { lists, advance } = aFixture({ maxLists: 2 });
    const kept = await lists.save(aRanking(1), {}, 60_000, aCall());
    await lists.save(aRanking(1), {}, 1_000, aCall());
    await advance(2_000);
    await lists.save(aRanking(1), {}, 60_000, aCall());
    expect(await lists.slice(kept, 0, 1, aCall())).toMatchObject({ size: 1 });
  });
});
