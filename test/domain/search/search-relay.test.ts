import { beforeEach, describe, expect, it } from 'vitest';
import type { MemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import { createMemorySearchIndex } from '../../../src/adapters/memory/search-index.ts';
import { createMemoryTextSearch } from '../../../src/adapters/memory/text-search.ts';
import type { SearchRelayDeps } from '../../../src/domain/search/search-relay.ts';
import { relaySearch } from '../../../src/domain/search/search-relay.ts';
import type { ProgramCatalog } from '../../../src/ports/program-catalog.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

let clock: FakeClock;
let outbox: MemoryOutbox;
let catalog: ProgramCatalog;
let deps: SearchRelayDeps;

beforeEach(() => {
  clock = createFakeClock();
  outbox = createMemoryOutbox({ clock });
  catalog = createMemoryProgramCatalog({ outbox });
  deps = { outbox, catalog, searchIndex: createMemorySearchIndex(), textSearch: createMemoryTextSearch() };
});

const write = (programId: string, title: string) =>
  catalog.put(aDraft({ programId, title }), { kind: 'any' }, new Date(clock.now()), aCall());
const remove = (programId: string) =>
  catalog.delete(programId, { kind: 'any' }, new Date(clock.now()), aCall());
const titles = async (text: string) => {
  const query = { text, filter: {}, facets: [], sort: 'relevance', maxHits: 10 } as const;
  return (await deps.textSearch.search(query, aCall())).hits.map(({ contentId }) => contentId);
};

describe('relaySearch', () => {
  it('brings both indexes up to the catalogue and settles the marks', async () => {
    await write('a', 'Metropolis');
    await write('b', 'Nosferatu');
    expect(await relaySearch(deps, aCall())).toBe(2);
    expect(await relaySearch(deps, aCall())).toBe(0);
    expect((await deps.searchIndex.get('a', aCall()))?.title).toBe('Metropolis');
    expect(await titles('nosferatu')).toEqual(['b']);
    expect(await outbox.depth('documents', aCall())).toEqual({ pending: 0, parked: 0, oldestAgeMs: 0 });
  });

  it('takes what is deleted out of both', async () => {
    await write('a', 'Metropolis');
    await relaySearch(deps, aCall());
    await remove('a');
    await relaySearch(deps, aCall());
    expect(await deps.searchIndex.get('a', aCall())).toBeUndefined();
    expect(await titles('metropolis')).toEqual([]);
  });

  it('keeps the mark of a program that is written while it is being relayed', async () => {
    await write('a', 'Metropolis');
    const { searchIndex } = deps;
    const racing: SearchRelayDeps = {
      ...deps,
      searchIndex: {
        ...searchIndex,
        async project(documents, call) {
          await searchIndex.project(documents, call);
          await write('a', 'Nosferatu');
        },
      },
    };
    await relaySearch(racing, aCall());
    expect((await deps.searchIndex.get('a', aCall()))?.title).toBe('Metropolis');
    expect(await relaySearch(deps, aCall())).toBe(1);
    expect((await deps.searchIndex.get('a', aCall()))?.title).toBe('Nosferatu');
  });

  it('never lets an older copy win when a slow relay comes late', async () => {
    await write('a', 'Metropolis');
    const old = await catalog.currentStates(['a'], aCall());
    await write('a', 'Nosferatu');
    await relaySearch(deps, aCall());
    await write('a', 'Faust');
    await remove('a');
    await relaySearch(deps, aCall());
    outbox.markWritten('documents', 'a', 1);
    await relaySearch({ ...deps, catalog: { currentStates: async () => old } }, aCall());
    expect(await deps.searchIndex.get('a', aCall())).toBeUndefined();
    expect(await titles('metropolis')).toEqual([]);
  });

  it('puts marks off when an index fails, and finishes once it works again', async () => {
    await write('a', 'Metropolis');
    const broken: SearchRelayDeps = {
      ...deps,
      textSearch: { ...deps.textSearch, index: async () => Promise.reject(new Error('text index is down')) },
    };
    await expect(relaySearch(broken, aCall())).rejects.toThrow('text index is down');
    expect(await relaySearch(deps, aCall())).toBe(0);
    clock.advance(60_000);
    expect(await relaySearch(deps, aCall())).toBe(1);
    expect(await titles('metropolis')).toEqual(['a']);
  });

  it('lets one document that no index takes hold up nobody but itself', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `p${index}`);
    for (const id of ids) await write(id, id === 'p7' ? 'Poison' : `Metropolis ${id}`);
    const { textSearch } = deps;
    const picky: SearchRelayDeps = {
      ...deps,
      textSearch: {
        ...textSearch,
        index: async (documents, call) => {
          if (documents.some(({ title }) => title === 'Poison')) throw new Error('poison');
          await textSearch.index(documents, call);
        },
      },
    };
    for (let round = 0; round < 12; round += 1) {
      await relaySearch(picky, aCall()).catch(() => undefined);
      clock.advance(60_000);
    }
    expect((await outbox.depth('documents', aCall())).pending).toBe(1);
    expect(await relaySearch(deps, aCall())).toBe(1);
  });

  it('gives marks back even when its call was aborted', async () => {
    await write('a', 'Metropolis');
    const aborted: SearchRelayDeps = {
      ...deps,
      textSearch: { ...deps.textSearch, index: async () => Promise.reject(new Error('aborted')) },
      outbox: {
        ...outbox,
        putOff: async (dataSet, marks, delayMs, reason, call) => {
          call.signal.throwIfAborted();
          await outbox.putOff(dataSet, marks, delayMs, reason, call);
        },
      },
    };
    const controller = new AbortController();
    const relayed = relaySearch(aborted, controller);
    controller.abort();
    await expect(relayed).rejects.toThrow('aborted');
    clock.advance(1000);
    expect(await relaySearch(deps, aCall())).toBe(1);
  });

  it('raises the first error when the outbox fails as well', async () => {
    await write('a', 'Metropolis');
    const broken: SearchRelayDeps = {
      ...deps,
      outbox: { ...outbox, putOff: async () => Promise.reject(new Error('outbox is down')) },
      catalog: { currentStates: async () => Promise.reject(new Error('catalogue is down')) },
    };
    await expect(relaySearch(broken, aCall())).rejects.toThrow('catalogue is down');
  });
});
