import { describe, expect, it } from 'vitest';
import type { DocumentFilter } from '../../../src/domain/search/document.ts';
import { FACET_VALUES } from '../../../src/ports/text-search.ts';
import { aCall } from '../../support/call.ts';
import type { TextSearchSubject } from './fixture.ts';
import { search, titled } from './fixture.ts';

const DOCUMENTS = [
  titled('Harbour', {
    contentId: 'a',
    category: 'drama',
    language: 'en',
    type: 'movie',
    tags: ['sea', 'noir'],
  }),
  titled('Harbour', { contentId: 'b', category: 'drama', language: 'fr', type: 'movie', tags: ['sea'] }),
  titled('Harbour', { contentId: 'c', category: 'comedy', language: 'en', type: 'series', tags: [] }),
  titled('Harbour', { contentId: 'd', category: 'Drama', language: 'en-GB', type: 'movie', tags: ['noir'] }),
  titled('Elsewhere', { contentId: 'e', category: 'drama', language: 'en', type: 'movie', tags: ['sea'] }),
];

const FILTERS: readonly (readonly [DocumentFilter, readonly string[]])[] = [
  [{ category: 'drama' }, ['a', 'b']],
  [{ language: 'en' }, ['a', 'c']],
  [{ contentType: 'movie' }, ['a', 'b', 'd']],
  [{ tag: 'noir' }, ['a', 'd']],
  [{ tag: 'sea', language: 'fr' }, ['b']],
  [{ category: 'drama', language: 'en', contentType: 'movie', tag: 'sea' }, ['a']],
  [{ category: 'comedy', tag: 'sea' }, []],
  [{ category: "'; --" }, []],
];

export function facetsContract(subject: TextSearchSubject): void {
  describe('filters', () => {
    it.each(FILTERS)('keep to every condition, exactly: %o', async (filter, ids) => {
      const fixture = await subject();
      await fixture.textSearch.index(DOCUMENTS, aCall());
      const { hits, total } = await search(fixture, 'harbour', { filter });
      expect(hits.map((hit) => hit.contentId)).toEqual(ids);
      expect(total).toBe(ids.length);
    });
  });

  describe('facets', () => {
    it('count the values of the matches, most first, ties by value, and only those asked for', async () => {
      const fixture = await subject();
      await fixture.textSearch.index(DOCUMENTS, aCall());
      const { facets } = await search(fixture, 'harbour', { facets: ['category', 'tag'] });
      expect(facets).toEqual({
        category: [
          { value: 'drama', count: 2 },
          { value: 'Drama', count: 1 },
          { value: 'comedy', count: 1 },
        ],
        tag: [
          { value: 'noir', count: 2 },
          { value: 'sea', count: 2 },
        ],
      });
    });

    it('count each facet with all filters but its own', async () => {
      const fixture = await subject();
      await fixture.textSearch.index(DOCUMENTS, aCall());
      const { facets, total } = await search(fixture, 'harbour', {
        filter: { category: 'drama', language: 'en' },
        facets: ['category', 'language', 'contentType'],
      });
      expect(total).toBe(1);
      expect(facets).toEqual({
        category: [
          { value: 'comedy', count: 1 },
          { value: 'drama', count: 1 },
        ],
        language: [
          { value: 'en', count: 1 },
          { value: 'fr', count: 1 },
        ],
        contentType: [{ value: 'movie', count: 1 }],
      });
    });

    it('count every match once, however many there are and however few the hits', async () => {
      const fixture = await subject();
      const documents = Array.from({ length: 2400 }, (_, index) =>
        titled('Harbour', {
          category: index % 3 === 0 ? 'third' : 'rest',
          tags: ['sea', 'sea'],
          language: 'en',
        }),
      );
      await fixture.textSearch.index(documents, aCall());
      const query = {
        facets: ['category', 'tag', 'language'],
        filter: { category: 'third' },
        maxHits: 1,
      } as const;
      const { facets, total } = await search(fixture, 'harbour', query);
      expect(total).toBe(800);
      expect(facets).toEqual({
        category: [
          { value: 'rest', count: 1600 },
          { value: 'third', count: 800 },
        ],
        tag: [{ value: 'sea', count: 800 }],
        language: [{ value: 'en', count: 800 }],
      });
    });

    it(`stop at ${FACET_VALUES} values`, async () => {
      const fixture = await subject();
      const documents = Array.from({ length: FACET_VALUES + 5 }, (_, index) =>
        titled('Harbour', { category: `c${String(index).padStart(3, '0')}` }),
      );
      await fixture.textSearch.index(documents, aCall());
      const { facets } = await search(fixture, 'harbour', { facets: ['category'] });
      expect(facets.category).toHaveLength(FACET_VALUES);
      expect(facets.category?.[0]).toEqual({ value: 'c000', count: 1 });
    });

    it('are there and empty when nothing matches', async () => {
      const fixture = await subject();
      const { facets } = await search(fixture, 'harbour', { facets: ['category', 'tag'] });
      expect(facets).toEqual({ category: [], tag: [] });
      expect((await search(fixture, '?!', { facets: ['tag'] })).facets).toEqual({ tag: [] });
    });

    it('count matches that forgive typos', async () => {
      const fixture = await subject();
      await fixture.textSearch.index(DOCUMENTS, aCall());
      const { facets, total } = await search(fixture, 'harbuor', {
        facets: ['language'],
        filter: { language: 'fr' },
      });
      expect(total).toBe(1);
      expect(facets.language).toEqual([
        { value: 'en', count: 2 },
        { value: 'en-GB', count: 1 },
        { value: 'fr', count: 1 },
      ]);
    });
  });
}
