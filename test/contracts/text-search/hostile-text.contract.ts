import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import { HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { TextSearchSubject } from './fixture.ts';
import { search, titled, titleFinder } from './fixture.ts';

const PUNCTUATION = [
  "'",
  '"',
  '\\',
  ':*',
  '&',
  '&|!',
  '()',
  '<->',
  '%',
  '_',
  '{}',
  '👩‍👩‍👧',
  '. . .',
  '\u0301',
  '؟',
];
const OPERATORS = [
  "harbour'",
  'harbour:*',
  'harbour & !harbour',
  '!harbour',
  'harbour <-> night',
  '(harbour',
  'harbour\\',
];

export function hostileTextContract(subject: TextSearchSubject): void {
  describe('what is typed is no query language', () => {
    it.each(PUNCTUATION)('text without a word finds nothing: %s', async (text) => {
      const fixture = await subject();
      await fixture.textSearch.index([titled(`Harbour ${text}`)], aCall());
      const { total } = await search(fixture, text);
      expect(total).toBe(0);
    });

    it.each(OPERATORS)('operators are punctuation: %s', async (text) => {
      const find = await titleFinder(await subject(), [titled('Harbour Night'), titled('Mountain')]);
      expect(await find(text)).toEqual(['Harbour Night']);
    });

    it.each(HOSTILE_TEXTS)('indexes, finds, marks and suggests %s', async (text) => {
      const { textSearch } = await subject();
      const document = titled(`Harbour ${text}`, { description: text, category: text, tags: [text] });
      await textSearch.index([document], aCall());
      const query = {
        text,
        filter: { category: text, tag: text },
        facets: ['tag'],
        sort: 'relevance',
        maxHits: 9,
      } as const;
      const { hits, facets } = await textSearch.search(query, aCall());
      const hasWord = /[\p{L}\p{N}]/u.test(text);
      expect(hits.map((hit) => hit.contentId)).toEqual(hasWord ? [document.contentId] : []);
      expect(facets.tag).toEqual(hasWord ? [{ value: text, count: 1 }] : []);
      expect((await textSearch.highlight(text, [document.contentId], aCall())).size).toBe(hasWord ? 1 : 0);
      expect((await textSearch.suggest(text, 5, aCall())).length).toBe(hasWord ? 1 : 0);
    });

    it('takes 200 characters of anything', async () => {
      const fixture = await subject();
      await fixture.textSearch.index([titled('Harbour')], aCall());
      const texts = [
        'a'.repeat(200),
        'a '.repeat(100),
        '钟'.repeat(200),
        "a'".repeat(100),
        'a-'.repeat(100),
        '🎬'.repeat(100),
      ];
      for (const text of texts) expect((await search(fixture, text)).total, text).toBe(0);
    });

    it('indexes the longest fields there are', async () => {
      const fixture = await subject();
      const long = titled('ﷺ'.repeat(500), {
        description: `${'x'.repeat(9900)} harbour`,
        tags: ['钟'.repeat(64)],
      });
      await fixture.textSearch.index([long, titled('钟'.repeat(500)), titled('a-'.repeat(250))], aCall());
      expect((await search(fixture, 'harbour')).total).toBe(1);
    });
  });
}
