import { describe, expect, it } from 'vitest';
import type { SearchDocument } from '../../../src/domain/search/document.ts';
import { aCall } from '../../support/call.ts';
import type { TextSearchSubject } from './fixture.ts';
import { titled } from './fixture.ts';

async function suggester(subject: TextSearchSubject, documents: readonly SearchDocument[]) {
  const { textSearch } = await subject();
  await textSearch.index(documents, aCall());
  return async (text: string, limit = 10) =>
    (await textSearch.suggest(text, limit, aCall())).map((suggestion) => suggestion.title);
}

export function suggestionsContract(subject: TextSearchSubject): void {
  describe('suggestions', () => {
    it('put titles that begin so before those with a later word that does, each by popularity', async () => {
      const suggest = await suggester(subject, [
        titled('Casa Vieja', { popularityScore: 1 }),
        titled('Casablanca', { popularityScore: 9 }),
        titled('A Night in Casablanca', { popularityScore: 100 }),
        titled('Mi Casa', { popularityScore: 500 }),
        titled('Picasa', { popularityScore: 999 }),
      ]);
      expect(await suggest('casa')).toEqual(['Casablanca', 'Casa Vieja', 'Mi Casa', 'A Night in Casablanca']);
      expect(await suggest('casa', 3)).toEqual(['Casablanca', 'Casa Vieja', 'Mi Casa']);
    });

    it('take neither accents, case nor punctuation for a difference', async () => {
      const suggest = await suggester(subject, [titled('Spider-Man: Élan')]);
      for (const text of ['SPIDER', 'spider m', 'spider-man elan', 'éla', 'Spider-Man:']) {
        expect(await suggest(text), text).toEqual(['Spider-Man: Élan']);
      }
    });

    it('follow several words', async () => {
      const suggest = await suggester(subject, [titled('The Man Who Knew'), titled('Who Knew the Man')]);
      expect(await suggest('man wh')).toEqual(['The Man Who Knew']);
      expect(await suggest('the man')).toEqual(['The Man Who Knew', 'Who Knew the Man']);
    });

    it('name a title once, for its most popular document; ties go by id', async () => {
      const { textSearch } = await subject();
      await textSearch.index(
        [
          titled('Hamlet', { contentId: 'h-1948', popularityScore: 5 }),
          titled('HAMLET', { contentId: 'h-1996', popularityScore: 7 }),
          titled('Hamlet 2', { contentId: 'b', popularityScore: 5 }),
          titled('Hamlet 3', { contentId: 'a', popularityScore: 5 }),
        ],
        aCall(),
      );
      expect(await textSearch.suggest('ham', 10, aCall())).toEqual([
        { contentId: 'h-1996', title: 'HAMLET' },
        { contentId: 'a', title: 'Hamlet 3' },
        { contentId: 'b', title: 'Hamlet 2' },
      ]);
    });

    it('are none for text without a word, nor from an empty index, nor of removed documents', async () => {
      const { textSearch } = await subject();
      expect(await textSearch.suggest('ham', 10, aCall())).toEqual([]);
      await textSearch.index([titled('Hamlet', { contentId: 'h' })], aCall());
      expect(await textSearch.suggest('?!', 10, aCall())).toEqual([]);
      expect(await textSearch.suggest('ham', 0, aCall())).toEqual([]);
      await textSearch.remove([{ contentId: 'h', version: 2, source: 'program' }], aCall());
      expect(await textSearch.suggest('ham', 10, aCall())).toEqual([]);
    });
  });
}
