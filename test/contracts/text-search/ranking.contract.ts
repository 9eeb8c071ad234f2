import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { TextSearchSubject } from './fixture.ts';
import { search, titled, titleFinder } from './fixture.ts';

export function rankingContract(subject: TextSearchSubject): void {
  describe('relevance', () => {
    it('puts title over tags and category, and these over the description, whatever the popularity', async () => {
      const find = await titleFinder(await subject(), [
        titled('Described', { description: 'An alien comes.', popularityScore: 1e9 }),
        titled('Tagged', { tags: ['alien'], popularityScore: 1e3 }),
        titled('Filed', { category: 'alien', popularityScore: 1e2 }),
        titled('One Alien Too Many', { popularityScore: 0 }),
      ]);
      expect(await find('alien')).toEqual(['One Alien Too Many', 'Tagged', 'Filed', 'Described']);
    });

    it('puts a whole title first, then one that begins so, then a phrase, then scattered words', async () => {
      const find = await titleFinder(await subject(), [
        titled('Man about The House', { popularityScore: 1e6 }),
        titled('Call The Man', { popularityScore: 1e5 }),
        titled('The Man Who Knew', { popularityScore: 1e4 }),
        titled('The Man', { popularityScore: 0 }),
      ]);
      expect(await find('the man')).toEqual([
        'The Man',
        'The Man Who Knew',
        'Call The Man',
        'Man about The House',
      ]);
    });

    it('takes a whole title for whole without its article', async () => {
      const find = await titleFinder(await subject(), [
        titled('Matrix Reloaded', { popularityScore: 1e6 }),
        titled('The Matrix', { popularityScore: 10 }),
      ]);
      expect(await find('matrix')).toEqual(['The Matrix', 'Matrix Reloaded']);
    });

    it('puts a finished word over one that only begins so', async () => {
      const find = await titleFinder(await subject(), [
        titled('Go, Manhattan', { popularityScore: 1e6 }),
        titled('Go, Man'),
      ]);
      expect(await find('man')).toEqual(['Go, Man', 'Go, Manhattan']);
    });

    it('breaks near-ties by popularity', async () => {
      const find = await titleFinder(await subject(), [
        titled('Alien One', { popularityScore: 3 }),
        titled('Alien Two', { popularityScore: 300 }),
        titled('Alien Six', { popularityScore: 30 }),
      ]);
      expect(await find('alien')).toEqual(['Alien Two', 'Alien Six', 'Alien One']);
    });

    it('breaks ties by id', async () => {
      const fixture = await subject();
      const ids = ['b-2', 'B-1', 'a-9', 'a-10', 'a-1', 'Z', '0'];
      await fixture.textSearch.index(
        ids.map((contentId) => titled('Alien', { contentId })),
        aCall(),
      );
      const { hits } = await search(fixture, 'alien');
      expect(hits.map((hit) => hit.contentId)).toEqual(ids.toSorted());
      expect(new Set(hits.map((hit) => hit.score)).size).toBe(1);
      const { hits: first } = await search(fixture, 'alien', { maxHits: 3 });
      expect(first).toEqual(hits.slice(0, 3));
    });

    it('keeps its order where nearly everything matches', async () => {
      const fixture = await subject();
      const many = Array.from({ length: 2600 }, (_, index) =>
        titled(`Plain ${index}`, {
          contentId: `plain-${String(index).padStart(4, '0')}`,
          description: 'A film.',
        }),
      );
      await fixture.textSearch.index(
        [
          ...many,
          titled('Film', { contentId: 'whole' }),
          titled('A Film of Ours', { contentId: 'phrase' }),
          titled('Tagged', { contentId: 'tagged', tags: ['film'] }),
          titled('Popular', { contentId: 'popular', description: 'This film.', popularityScore: 1000 }),
        ],
        aCall(),
      );
      const { hits, total } = await search(fixture, 'film', { maxHits: 7 });
      expect(total).toBe(2604);
      expect(hits.map((hit) => hit.contentId)).toEqual([
        'whole',
        'phrase',
        'tagged',
        'popular',
        'plain-0000',
        'plain-0001',
        'plain-0002',
      ]);
    });
  });
}
