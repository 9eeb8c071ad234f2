import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { TextSearchSubject } from './fixture.ts';
import { aText, search, titled, titleFinder } from './fixture.ts';

/** [title, what people type to find it] */
const SPELLINGS: readonly (readonly [string, readonly string[]])[] = [
  ['Léon: The Professional', ['leon', 'LÉON', 'Léon professional', 'le\u0301on']],
  ['Haut les cœurs !', ['coeurs', 'cœurs', 'COEURS']],
  ['Spider-Man', ['spider man', 'spider-man', 'spiderman', 'Spider‑Man', 'spider-ma']],
  ['Star Wars', ['starwars', 'star wars', 'STAR WAR']],
  ['Batman', ['bat man', 'bat-man']],
  ['Mr. Robot', ['mr robot', 'Mr. Robot', 'robot mr']],
  ['WALL·E', ['wall-e', 'walle', 'wall e', 'WALL·E']],
  ['S.W.A.T.', ['swat', 's.w.a.t.', 's w a t']],
  ["Schindler's List", ["schindler's list", 'schindlers list', 'schindler list', 'Schindler’s List']],
  ["L'Amour fou", ['amour fou', "l'amour", 'l’amour']],
  ['Fast & Furious', ['fast and furious', 'fast & furious', 'fast furious']],
  ['霸王别姬', ['霸王', '别姬', '霸王别姬']],
  ['钟', ['钟']],
  ['Ölüm & Straße', ['olum', 'strasse', 'Straße']],
  ['Ёлки', ['елки', 'Ёлки']],
  ['2001: A Space Odyssey', ['2001', 'space odyssey 2001', '200']],
  ['Se7en', ['se7en', 'SE7']],
  ['สวัสดี', ['สวัสดี']],
  ['नमस्ते', ['नमस्ते']],
];

/** [language, description, other forms of its words] */
const INFLECTIONS: readonly (readonly [string, string, string])[] = [
  ['en', 'Running wild.', 'runs wildly'],
  ['en-GB', 'The happiest cities.', 'city of the happiest'],
  ['fr', 'Les chevaux sauvages.', 'sauvage chevaux'],
  ['de', 'Die verlorenen Kinder.', 'verlorene kindern'],
  ['es', 'Las canciones perdidas.', 'canción perdida'],
];

export function matchingContract(subject: TextSearchSubject): void {
  describe('matching', () => {
    it.each(SPELLINGS)('finds %s however it is typed', async (title, typed) => {
      const find = await titleFinder(await subject(), [titled('Something Else'), titled(title)]);
      for (const text of typed) expect(await find(text), text).toEqual([title]);
    });

    it.each(INFLECTIONS)('finds words by their stem (%s: %s)', async (language, description, typed) => {
      const fixture = await subject();
      // In the description, where no typo is forgiven that could stand in for a stem.
      const find = await titleFinder(fixture, [titled('Other', { language, description })]);
      const isStemmed = fixture.stemmedLanguages.includes(language.split('-', 1)[0] ?? '');
      expect(await find(typed)).toEqual(isStemmed ? ['Other'] : []);
    });

    it('looks at title, tags, category and description', async () => {
      const find = await titleFinder(await subject(), [
        titled('zebra'),
        titled('By tag', { tags: ['zebra'] }),
        titled('By category', { category: 'zebra' }),
        titled('By description', { description: 'There is a zebra.' }),
        titled('Not at all'),
      ]);
      expect((await find('zebra')).toSorted()).toEqual(['By category', 'By description', 'By tag', 'zebra']);
    });

    it('wants every word, but each may stand in another field and in any order', async () => {
      const find = await titleFinder(await subject(), [
        titled('Harbour', { description: 'Night falls.', tags: ['drama'] }),
        titled('Harbour', { contentId: 'other', description: 'Morning comes.', tags: ['drama'] }),
      ]);
      expect(await find('night drama harbour')).toEqual(['Harbour']);
      expect(await find('night comedy harbour')).toEqual([]);
    });

    it('takes the last word as unfinished, and only the last', async () => {
      const find = await titleFinder(await subject(), [titled('Casablanca Nights')]);
      expect(await find('casab')).toEqual(['Casablanca Nights']);
      expect(await find('casablanca nig')).toEqual(['Casablanca Nights']);
      expect(await find('casab nights')).toEqual([]);
    });

    it('takes one or two letters for the beginning of a word in titles only', async () => {
      const find = await titleFinder(await subject(), [
        titled('Alien'),
        titled('Other', { description: 'Alas, an alien.', tags: ['alpine'] }),
        titled('Machines', { description: 'About AL and others.' }),
        titled('Alone', { description: 'Machines.' }),
      ]);
      expect((await find('al')).toSorted()).toEqual(['Alien', 'Alone', 'Machines']);
      expect((await find('machines al')).toSorted()).toEqual(['Alone', 'Machines']);
      expect((await find('alie')).toSorted()).toEqual(['Alien', 'Other']);
    });

    it('does not want the commonest words, unless there are no others', async () => {
      const find = await titleFinder(await subject(), [
        titled('Lord of Rings'),
        titled('The Who', { description: 'It is a film.' }),
        titled('It', { description: 'A clown.' }),
        titled('Plain', { description: 'The film that it is.' }),
      ]);
      expect(await find('the lord of the rings')).toEqual(['Lord of Rings']);
      expect(await find('it')).toEqual(['It']);
      expect(await find('the who')).toEqual(['The Who']);
      expect(await find('the')).toEqual(['The Who']);
    });

    it('counts all matches, not only the hits it gives', async () => {
      const fixture = await subject();
      const documents = Array.from({ length: 60 }, (_, index) => titled(`Harbour ${index}`));
      await fixture.textSearch.index(documents, aCall());
      const { hits, total } = await search(fixture, 'harbour', { maxHits: 7 });
      expect([hits.length, total]).toEqual([7, 60]);
    });

    it('finds nothing in an empty index, nor a word that is nowhere', async () => {
      const fixture = await subject();
      const nothing = { hits: [], total: 0, facets: {} };
      expect(await search(fixture, 'harbour')).toEqual(nothing);
      await fixture.textSearch.index([aText()], aCall());
      expect(await search(fixture, 'xylophonists')).toEqual(nothing);
    });

    it('gives no hits but counts when none are wanted', async () => {
      const fixture = await subject();
      await fixture.textSearch.index([titled('Harbour')], aCall());
      expect(await search(fixture, 'harbour', { maxHits: 0 })).toMatchObject({ hits: [], total: 1 });
    });
  });
}
