import { describe, expect, it } from 'vitest';
import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { createMemoryRankedLists } from '../../../src/adapters/memory/ranked-lists.ts';
import { createMigratingPopularLists } from '../../../src/adapters/migration/popular-lists.ts';
import { createMigratingProgramCatalog } from '../../../src/adapters/migration/program-catalog.ts';
import { createVersionedPrograms } from '../../../src/adapters/migration/versioned-programs.ts';
import type { PopularFilter, PopularLists } from '../../../src/domain/discovery/popular-lists.ts';
import { createCatalogPopularLists } from '../../../src/domain/discovery/popular-lists.ts';
import { createHotLists } from '../../../src/domain/migration/hot-lists.ts';
import type { ReadPhase } from '../../../src/domain/migration/read-rules.ts';
import { relayCopies } from '../../../src/domain/migration/relay.ts';
import { aHouse } from '../../domain/migration/fixture.ts';
import { aCall } from '../../support/call.ts';
import type { Fault } from '../../support/faults/fault.ts';
import { withFaults } from '../../support/faults/with-faults.ts';
import { READ_PHASES, readsIn } from './reads-fixture.ts';

const HOUR = 3_600_000;

/** `size` programs, the most popular first, and the lists that one instance shows of them. */
async function popular(phase: ReadPhase, size = 25) {
  const house = aHouse();
  const { clock, catalog, outbox, set } = house;
  let fault: Fault | undefined;
  const hot = withFaults(house.hot, { plan: () => fault });
  for (let rank = 0; rank < size; rank += 1)
    await house.write(`p-${rank}`, {
      popularityScore: size - rank,
      category: rank % 2 === 0 ? 'even' : 'odd',
    });
  const relay = () => relayCopies({ outbox, set, batch: 1000, concurrency: 4 }, aCall());
  await relay();
  const ids = { next: () => `saved-${clock.now()}` };
  const reads = readsIn(
    { phase, outbox, clock },
    {
      set: house.over(hot),
      readTruth: catalog.getMany,
      keyOf: ({ programId }) => programId,
      isWhole: true,
    },
  );
  const hotLists = createHotLists({
    catalog,
    hot: house.hot,
    leases: createMemoryLeases({ clock }),
    instanceId: 'a',
    freshMs: 5000,
    now: () => clock.now(),
  });
  const programs = createMigratingProgramCatalog({ ...reads, catalog, onWrite: () => undefined });
  const lists = createMigratingPopularLists({
    ...reads,
    hot,
    programs,
    catalogLists: createCatalogPopularLists({
      catalog,
      rankedLists: createMemoryRankedLists({ clock, ids }),
    }),
    kept: createVersionedPrograms(1000),
    onAsked: (filter, slice) => hotLists.asked(filter, slice),
  });
  const build = () => hotLists.round(aCall());
  const meet = (next: Fault | undefined) => {
    fault = next;
  };
  return { ...house, programs, lists, relay, build, meet };
}

const idsOf = (items: readonly { readonly programId: string }[]) => items.map(({ programId }) => programId);

/** The ids of all pages; `between` runs after each page but the last. */
async function pagesOf(lists: PopularLists, filter: PopularFilter, between: () => Promise<unknown>) {
  let page = await lists.first(filter, 10, aCall());
  const ids = idsOf(page.items);
  while (page.next !== undefined) {
    await between();
    page = await lists.later(page.next, 10, aCall());
    ids.push(...idsOf(page.items));
  }
  return ids;
}

async function sourceOf(lists: PopularLists, filter: PopularFilter = {}) {
  const sources: string[] = [];
  await lists.first(filter, 10, { ...aCall(), onSource: (source) => void sources.push(source) });
  return sources.at(-1);
}

const ALL = Array.from({ length: 25 }, (_, rank) => `p-${rank}`);

describe.each(['read-fallback at 100 %', 'primary'] as const)('popular lists in %s', (name) => {
  const phase = READ_PHASES[name];

  it('are the pages of one snapshot, without repeats and gaps, while the order moves', async () => {
    const { lists, build, write, relay, clock } = await popular(phase);
    await build();
    let moved = 0;
    const between = async () => {
      await write(`p-${20 + moved}`, { popularityScore: 1000 + moved });
      moved += 1;
      await relay();
      clock.advance(6000);
      await build();
    };
    expect(await pagesOf(lists, {}, between)).toEqual(ALL);
    expect(idsOf((await lists.first({}, 3, aCall())).items)).toEqual(['p-21', 'p-20', 'p-0']);
  });

  it('show programs as they are now, and pass over those that are gone', async () => {
    const { lists, build, programs, write } = await popular(phase);
    await build();
    await programs.put(
      { ...(await write('draft')), programId: 'p-1', title: 'Now' },
      { kind: 'any' },
      new Date(0),
      aCall(),
    );
    await programs.delete('p-0', { kind: 'any' }, new Date(0), aCall());
    const { items } = await lists.first({}, 3, aCall());
    expect(items.map(({ programId, title }) => [programId, title])).toEqual([
      ['p-1', 'Now'],
      ['p-2', 'The Third Man'],
    ]);
  });

  it('come from the catalogue as a whole until there is a snapshot, and then from the hot store', async () => {
    const { lists, build } = await popular(phase);
    expect(await sourceOf(lists)).toBe('catalog');
    expect(await pagesOf(lists, {}, build)).toEqual(ALL);
    expect(await sourceOf(lists)).toBe('hot');
  });

  it('of a category are built when somebody asked for it', async () => {
    const { lists, build } = await popular(phase);
    const even = ALL.filter((_, rank) => rank % 2 === 0);
    expect(await sourceOf(lists, { category: 'even' })).toBe('catalog');
    await build();
    expect(await sourceOf(lists, { category: 'even' })).toBe('hot');
    expect(await pagesOf(lists, { category: 'even' }, build)).toEqual(even);
  });

  it("of a language are the catalogue's", async () => {
    const { lists, build } = await popular(phase);
    await build();
    expect(await pagesOf(lists, { language: 'en' }, build)).toEqual(ALL);
  });

  it('are over when their snapshot is gone', async () => {
    const { lists, build, clock } = await popular(phase);
    await build();
    const { next } = await lists.first({}, 10, aCall());
    if (next === undefined) throw new Error('there is one page only');
    clock.advance(HOUR);
    await expect(lists.later(next, 10, aCall())).rejects.toMatchObject({ code: 'cursor-expired' });
  });

  it('answer again when the hot store is back, though nothing else is read', async () => {
    const { lists, build, meet, clock } = await popular(phase);
    await build();
    meet({ kind: 'error' });
    for (let read = 0; read < 10; read += 1) await lists.first({}, 10, aCall()).catch(() => undefined);
    meet(undefined);
    clock.advance(1000);
    expect(await sourceOf(lists)).toBe('hot');
    expect(idsOf((await lists.first({}, 3, aCall())).items)).toEqual(ALL.slice(0, 3));
  });
});

it('a hot store that fails leaves the list to the catalogue as a whole, but in primary', async () => {
  const [fallback, primary] = [
    await popular(READ_PHASES['read-fallback at 100 %']),
    await popular(READ_PHASES.primary),
  ];
  for (const { build, meet } of [fallback, primary]) {
    await build();
    meet({ kind: 'error' });
  }
  expect(await pagesOf(fallback.lists, {}, async () => undefined)).toEqual(ALL);
  await expect(primary.lists.first({}, 10, aCall())).rejects.toMatchObject({ code: 'store-unavailable' });
});
