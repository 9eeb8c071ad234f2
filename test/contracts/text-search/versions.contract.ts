import { describe, expect, it } from 'vitest';
import { aCall, anAbortedCall } from '../../support/call.ts';
import type { TextSearchFixture, TextSearchSubject } from './fixture.ts';
import { search, titled } from './fixture.ts';

async function findsIt(fixture: TextSearchFixture, text: string): Promise<boolean> {
  return (await search(fixture, text)).total === 1;
}

export function versionsContract(subject: TextSearchSubject): void {
  describe('versions', () => {
    it('replace a document as a whole by a newer one', async () => {
      const fixture = await subject();
      const old = titled('Harbour', {
        contentId: 'x',
        description: 'A lighthouse.',
        tags: ['sea'],
        version: 1,
      });
      await fixture.textSearch.index([old], aCall());
      await fixture.textSearch.index([titled('Mountain', { contentId: 'x', version: 2 })], aCall());
      expect(await findsIt(fixture, 'mountain')).toBe(true);
      for (const text of ['harbour', 'lighthouse', 'sea'])
        expect(await findsIt(fixture, text), text).toBe(false);
    });

    it('ignore an older document and one of the same version', async () => {
      const fixture = await subject();
      await fixture.textSearch.index([titled('Harbour', { contentId: 'x', version: 5 })], aCall());
      await fixture.textSearch.index([titled('Mountain', { contentId: 'x', version: 4 })], aCall());
      await fixture.textSearch.index([titled('Valley', { contentId: 'x', version: 5 })], aCall());
      expect(await findsIt(fixture, 'harbour')).toBe(true);
      expect(await search(fixture, 'mountain')).toMatchObject({ total: 0 });
    });

    it('take a removal for indexed, whatever comes in which order', async () => {
      const fixture = await subject();
      await fixture.textSearch.remove([{ contentId: 'early', version: 3, source: 'program' }], aCall());
      await fixture.textSearch.index(
        [
          titled('Early', { contentId: 'early', version: 2 }),
          titled('Late', { contentId: 'late', version: 7 }),
        ],
        aCall(),
      );
      expect(await findsIt(fixture, 'early')).toBe(false);
      await fixture.textSearch.remove([{ contentId: 'late', version: 6, source: 'program' }], aCall());
      expect(await findsIt(fixture, 'late')).toBe(true);
      await fixture.textSearch.remove([{ contentId: 'late', version: 8, source: 'program' }], aCall());
      await fixture.textSearch.remove([{ contentId: 'late', version: 8, source: 'program' }], aCall());
      expect(await findsIt(fixture, 'late')).toBe(false);
      await fixture.textSearch.index([titled('Early', { contentId: 'early', version: 4 })], aCall());
      expect(await findsIt(fixture, 'early')).toBe(true);
    });

    it('of a program stand above those of a document under the same id', async () => {
      const fixture = await subject();
      await fixture.textSearch.index(
        [titled('Clip', { contentId: 'x', source: 'document', version: 9 })],
        aCall(),
      );
      await fixture.textSearch.index(
        [titled('Program', { contentId: 'x', source: 'program', version: 1 })],
        aCall(),
      );
      expect(await findsIt(fixture, 'program')).toBe(true);
      await fixture.textSearch.index(
        [titled('Clip', { contentId: 'x', source: 'document', version: 10 })],
        aCall(),
      );
      expect(await findsIt(fixture, 'program')).toBe(true);
      expect(await findsIt(fixture, 'clip')).toBe(false);
    });

    it('of the going of a program stand above those of a document, and the other way round they do not', async () => {
      const fixture = await subject();
      const clip = titled('Clip', { contentId: 'x', source: 'document', version: 9 });
      await fixture.textSearch.index([clip], aCall());
      await fixture.textSearch.remove([{ contentId: 'x', version: 2, source: 'program' }], aCall());
      expect(await findsIt(fixture, 'clip')).toBe(false);
      await fixture.textSearch.index([{ ...clip, version: 10 }], aCall());
      expect(await findsIt(fixture, 'clip')).toBe(false);
      const program = titled('Program', { contentId: 'y', source: 'program', version: 1 });
      await fixture.textSearch.index([program], aCall());
      await fixture.textSearch.remove([{ contentId: 'y', version: 7, source: 'document' }], aCall());
      expect(await findsIt(fixture, 'program')).toBe(true);
    });

    it('keep what is indexed apart from what the caller does with it later', async () => {
      const fixture = await subject();
      const tags = ['sea'];
      await fixture.textSearch.index([titled('Harbour', { tags })], aCall());
      tags[0] = 'mountain';
      const { facets } = await search(fixture, 'sea', { facets: ['tag'] });
      expect(facets.tag).toEqual([{ value: 'sea', count: 1 }]);
    });

    it('of nothing change nothing', async () => {
      const fixture = await subject();
      await fixture.textSearch.index([], aCall());
      await fixture.textSearch.remove([], aCall());
      expect(await search(fixture, 'harbour')).toMatchObject({ total: 0 });
    });
  });

  describe('an aborted call', () => {
    it('rejects', async () => {
      const { textSearch } = await subject();
      const query = { text: 'a', filter: {}, facets: [], sort: 'relevance', maxHits: 1 } as const;
      await expect(textSearch.search(query, anAbortedCall())).rejects.toThrow();
      await expect(textSearch.index([titled('A')], anAbortedCall())).rejects.toThrow();
      await expect(textSearch.suggest('a', 1, anAbortedCall())).rejects.toThrow();
    });
  });
}
