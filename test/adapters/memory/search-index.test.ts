import { describe, expect, it } from 'vitest';
import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import { createMemorySearchIndex } from '../../../src/adapters/memory/search-index.ts';
import { freshnessRank } from '../../../src/domain/search/freshness.ts';
import { searchIndexContract } from '../../contracts/search-index/index.ts';
import { searchTruthContract } from '../../contracts/search-truth/index.ts';
import { aCall } from '../../support/call.ts';
import { aContent, aDocument, aPutDocument } from '../../support/search-builders.ts';

searchIndexContract(async () => ({
  index: createMemorySearchIndex(),
  differences: memoryDifferences.searchIndex,
}));
searchTruthContract(async () => ({ truth: createMemorySearchIndex() }));

describe('who is told of the writes of a memory index', () => {
  function watched() {
    const told: [string, number][] = [];
    const index = createMemorySearchIndex({
      onWrite: (contentId, rank) => void told.push([contentId, rank]),
    });
    return { index, told };
  }

  const document = (version: number) => freshnessRank({ version, source: 'document' });
  const program = (version: number) => freshnessRank({ version, source: 'program' });

  it('hears of each with the rank of what is stored then', async () => {
    const { index, told } = watched();
    const [content, shown] = [aContent({ contentId: 'a' }), aDocument({ contentId: 'b', version: 4 })];
    await index.put(content, new Date(0), aCall());
    await index.put(content, new Date(0), aCall());
    await index.delete('a', aCall());
    await index.project([shown, aPutDocument({ contentId: 'c', version: 7 })], aCall());
    await index.unproject([{ contentId: 'b', version: 5, source: 'program' }], aCall());
    await index.project([aDocument({ contentId: 'b', version: 6 })], aCall());
    expect(told).toEqual([
      ['a', document(1)],
      ['a', document(2)],
      ['a', document(3)],
      ['b', program(4)],
      ['c', document(7)],
      ['b', program(5)],
      ['b', program(6)],
    ]);
  });

  it('hears of a refresh', async () => {
    const { index, told } = watched();
    const shown = aDocument({ contentId: 'b', version: 4 });
    await index.project([shown], aCall());
    await index.project([shown], aCall(), { refresh: true });
    expect(told).toEqual([
      ['b', program(4)],
      ['b', program(4)],
    ]);
  });

  it('hears nothing of what changed nothing', async () => {
    const { index, told } = watched();
    const shown = aDocument({ contentId: 'b', version: 4 });
    await index.project([shown], aCall());
    told.length = 0;
    await index.project([shown], aCall());
    await index.unproject([{ contentId: 'b', version: 3, source: 'program' }], aCall());
    await index.put(aContent({ contentId: 'b' }), new Date(0), aCall());
    await index.delete('b', aCall());
    await index.delete('unknown', aCall());
    expect(told).toEqual([]);
  });

  it('hears of a write in its own turn: before anything else can run', () => {
    const { index, told } = watched();
    const written = index.put(aContent({ contentId: 'a' }), new Date(0), aCall());
    expect(told).toEqual([['a', document(1)]]);
    return expect(written).resolves.toMatchObject({ outcome: 'created' });
  });
});
