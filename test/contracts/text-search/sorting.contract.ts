import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { TextSearchSubject } from './fixture.ts';
import { search, titled } from './fixture.ts';

const DOCUMENTS = [
  titled('Harbour b', { contentId: '1', popularityScore: 5, releaseDate: '2001-01-01' }),
  titled('Harbour a', { contentId: '2', popularityScore: 5, releaseDate: null }),
  titled('harbour c', { contentId: '3', popularityScore: 50, releaseDate: '1999-12-31' }),
  titled('Harbour b', { contentId: '0', popularityScore: 0.5, releaseDate: '2001-01-01' }),
];

export function sortingContract(subject: TextSearchSubject): void {
  describe('sorts', () => {
    it.each([
      ['-popularityScore', ['3', '1', '2', '0']],
      ['-releaseDate', ['0', '1', '3', '2']],
      ['title', ['2', '0', '1', '3']],
    ] as const)('by %s, ties by id', async (sort, ids) => {
      const fixture = await subject();
      await fixture.textSearch.index(DOCUMENTS, aCall());
      const { hits, total } = await search(fixture, 'harbour', { sort });
      expect([hits.map((hit) => hit.contentId), total]).toEqual([ids, 4]);
      const { hits: first } = await search(fixture, 'harbour', { sort, maxHits: 2 });
      expect(first).toEqual(hits.slice(0, 2));
    });

    it('mixes matches that forgive typos in, and scores all', async () => {
      const fixture = await subject();
      await fixture.textSearch.index(
        [
          titled('Lone', { contentId: 'near', popularityScore: 10 }),
          titled('Love', { contentId: 'typed', popularityScore: 1 }),
        ],
        aCall(),
      );
      const { hits } = await search(fixture, 'love', { sort: '-popularityScore' });
      expect(hits.map((hit) => hit.contentId)).toEqual(['near', 'typed']);
      expect(hits[1]?.score).toBeGreaterThan(hits[0]?.score ?? Number.NaN);
    });

    it('sorts all matches, however many', async () => {
      const fixture = await subject();
      const documents = Array.from({ length: 2500 }, (_, index) =>
        titled('Harbour', { contentId: `h-${index}`, popularityScore: index }),
      );
      await fixture.textSearch.index(documents, aCall());
      const { hits, total } = await search(fixture, 'harbour', { sort: '-popularityScore', maxHits: 2 });
      expect([hits.map((hit) => hit.contentId), total]).toEqual([['h-2499', 'h-2498'], 2500]);
    });
  });
}
