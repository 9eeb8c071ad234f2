import { describe, expect, it } from 'vitest';
import type { SearchDocument } from '../../../src/domain/search/document.ts';
import { aCall } from '../../support/call.ts';
import type { TextSearchFixture, TextSearchSubject } from './fixture.ts';
import { titled } from './fixture.ts';

async function highlightOf({ textSearch }: TextSearchFixture, text: string, document: SearchDocument) {
  await textSearch.index([document], aCall());
  return (await textSearch.highlight(text, [document.contentId], aCall())).get(document.contentId);
}

export function highlightsContract(subject: TextSearchSubject): void {
  describe('highlights', () => {
    it('mark words by case, accent, stem and beginning, in title and description', async () => {
      const document = titled('Léon Runs', { description: 'A running man meets Léon in Manhattan.' });
      expect(await highlightOf(await subject(), 'LEON run man', document)).toEqual({
        title: '<mark>Léon</mark> <mark>Runs</mark>',
        description:
          'A <mark>running</mark> <mark>man</mark> meets <mark>Léon</mark> in <mark>Manhattan</mark>.',
      });
    });

    it('mark what forgiven typos found', async () => {
      const document = titled('The Godfather', { description: 'A family.' });
      expect(await highlightOf(await subject(), 'godfahter', document)).toEqual({
        title: 'The <mark>Godfather</mark>',
      });
    });

    it('mark the parts of compounds and single characters', async () => {
      const fixture = await subject();
      expect(await highlightOf(fixture, 'spiderman', titled('Spider-Man'))).toEqual({
        title: '<mark>Spider</mark>-<mark>Man</mark>',
      });
      expect(await highlightOf(fixture, 'starwars', titled('The Star Wars'))).toEqual({
        title: 'The <mark>Star</mark> <mark>Wars</mark>',
      });
      expect(await highlightOf(fixture, '钟', titled('大钟'))).toEqual({ title: '大<mark>钟</mark>' });
    });

    it('escape everything else', async () => {
      const document = titled('<b>Tom</b> & "Jerry\'s"', { description: '<script>tom()</script>' });
      expect(await highlightOf(await subject(), 'tom', document)).toEqual({
        title: '&lt;b&gt;<mark>Tom</mark>&lt;/b&gt; &amp; &quot;Jerry&#39;s&quot;',
        description: '&lt;script&gt;<mark>tom</mark>()&lt;/script&gt;',
      });
    });

    it('cut a long description to a fragment with the first word found, between words', async () => {
      const description = `${'filler words before it '.repeat(60)}the harbour lies ${'and more text after it '.repeat(60)}`;
      const found = await highlightOf(await subject(), 'harbour', titled('Other', { description }));
      const text = found?.description ?? '';
      expect(text).toContain('the <mark>harbour</mark> lies');
      expect(text).toMatch(/^…(?:filler|words|before|it) .* (?:and|more|text|after|it)…$/);
      expect(text.length).toBeGreaterThan(150);
      expect(text.length).toBeLessThan(250);
      expect(found?.title).toBeUndefined();
    });

    it('never cut a character in two', async () => {
      const description = `${'👩'.repeat(300)} harbour ${'👩'.repeat(300)}`;
      const found = await highlightOf(await subject(), 'harbour', titled('Other', { description }));
      expect(found?.description?.isWellFormed()).toBe(true);
      expect(found?.description).toContain('<mark>harbour</mark>');
    });

    it('leave out documents where no word stands, that are unknown or removed', async () => {
      const { textSearch } = await subject();
      const gone = titled('Harbour gone');
      await textSearch.index(
        [titled('Harbour', { contentId: 'here' }), titled('Other', { contentId: 'other' }), gone],
        aCall(),
      );
      await textSearch.remove([{ contentId: gone.contentId, version: 2, source: 'program' }], aCall());
      const found = await textSearch.highlight(
        'harbour',
        ['here', 'other', 'unknown', gone.contentId],
        aCall(),
      );
      expect([...found.keys()]).toEqual(['here']);
      expect((await textSearch.highlight('?!', ['here'], aCall())).size).toBe(0);
      expect((await textSearch.highlight('harbour', [], aCall())).size).toBe(0);
    });
  });
}
