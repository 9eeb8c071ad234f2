import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { TextSearchSubject } from './fixture.ts';
import { search, titled, titleFinder } from './fixture.ts';

const GODFATHER = ['godfahter', 'godfater', 'goodfather', 'godfbther', 'odgfather', 'godfathe', 'godfatherr'];
const TWO_TYPOS = ['gdfathre', 'godfxtxer', 'goodffather', 'gofater'];

export function typosContract(subject: TextSearchSubject): void {
  describe('typos', () => {
    it.each(GODFATHER)('forgives one letter put in, left out, replaced or swapped: %s', async (typed) => {
      const find = await titleFinder(await subject(), [titled('Casablanca'), titled('The Godfather')]);
      expect(await find(typed)).toEqual(['The Godfather']);
      expect(await find(`the ${typed}`)).toEqual(['The Godfather']);
    });

    it.each(TWO_TYPOS)('forgives two in a word of eight letters or more: %s', async (typed) => {
      const find = await titleFinder(await subject(), [titled('Casablanca'), titled('The Godfather')]);
      expect(await find(typed)).toEqual(['The Godfather']);
    });

    it('forgives one in a word of four letters at any place, none in three', async () => {
      const find = await titleFinder(await subject(), [titled('Jaws'), titled('Her')]);
      for (const typed of ['ajws', 'jwas', 'jasw', 'jws', 'jaaws', 'jawz', 'kaws']) {
        expect(await find(typed), typed).toEqual(['Jaws']);
      }
      expect(await find('hxr')).toEqual([]);
      expect(await find('jxwz')).toEqual([]);
    });

    it('forgives a common short word when the others are right', async () => {
      const find = await titleFinder(await subject(), [titled('The Godfather'), titled('Godfather of Soul')]);
      expect((await find('teh godfahter'))[0]).toBe('The Godfather');
    });

    it('puts matches as typed first, and counts both', async () => {
      const fixture = await subject();
      const documents = [
        titled('Lone', { popularityScore: 1e6 }),
        titled('Other', { description: 'All is lost in love.' }),
        titled('Love', { popularityScore: 0 }),
      ];
      const find = await titleFinder(fixture, documents);
      expect(await find('love')).toEqual(['Love', 'Other', 'Lone']);
      const { hits, total } = await search(fixture, 'love');
      expect(total).toBe(3);
      expect(hits.map((hit) => hit.score)).toEqual(hits.map((hit) => hit.score).toSorted((a, b) => b - a));
    });

    it('leaves typos alone when enough matches as typed', async () => {
      const documents = Array.from({ length: 12 }, (_, index) => titled(`Love ${index}`));
      const find = await titleFinder(await subject(), [...documents, titled('Lone')]);
      expect(await find('love')).not.toContain('Lone');
    });

    it('looks for them in titles only', async () => {
      const find = await titleFinder(await subject(), [titled('Other', { description: 'The godfather.' })]);
      expect(await find('godfahter')).toEqual([]);
      expect(await find('godfather')).toEqual(['Other']);
    });

    it('ranks the whole title before longer ones, and fewer typos before more', async () => {
      const find = await titleFinder(await subject(), [
        titled('Casablanca Express'),
        titled('A Night in Casablanca'),
        titled('Casablanca'),
      ]);
      expect(await find('casablnca')).toEqual(['Casablanca', 'Casablanca Express', 'A Night in Casablanca']);
    });

    it('keeps to the filter', async () => {
      const fixture = await subject();
      await fixture.textSearch.index(
        [
          titled('The Godfather', { contentId: 'a', language: 'en' }),
          titled('The Godfather', { contentId: 'b', language: 'it' }),
        ],
        aCall(),
      );
      const { hits, total } = await search(fixture, 'godfahter', { filter: { language: 'it' } });
      expect([hits.map((hit) => hit.contentId), total]).toEqual([['b'], 1]);
    });
  });
}
