import { describe, expect, it } from 'vitest';
import type { SearchDocument } from '../../../src/domain/search/document.ts';
import type { DocumentListQuery, SearchIndex } from '../../../src/ports/search-index.ts';
import { aCall } from '../../support/call.ts';
import { aContent, aDocument } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';
import { listed } from './fixture.ts';

const AT = new Date('2026-02-03T04:05:06.789Z');

export function listsContract(subject: SearchIndexSubject): void {
  describe('lists', () => {
    it('go by id in code-point order, page after page, without repeats or gaps', async () => {
      const fixture = await subject();
      const { index } = fixture;
      const category = aDocument().contentId;
      const ordered = ['A', 'B-', 'B.', 'B0', 'BA', 'B_', 'Ba', 'a', 'a\u00e9', '\uff5e', '\u{1f600}'].map(
        (name) => `${name}/${category}`,
      );
      await index.project(
        ordered.toReversed().map((contentId) => aDocument({ contentId, category })),
        aCall(),
      );
      for (const limit of [1, 3, 10, 11, 100]) {
        await listed(fixture, async () => {
          const pages = await pagesOf(index, { filter: { category }, limit });
          expect(pages.flat().map(({ contentId }) => contentId)).toEqual(ordered);
          expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
          expect(pages).toHaveLength(Math.ceil(ordered.length / limit));
        });
      }
    });

    it('of more than 1 MB are whole, in one page and in several, also where a filter passes few', async () => {
      const fixture = await subject();
      const { index } = fixture;
      const category = aDocument().contentId;
      const documents = Array.from({ length: 90 }, (_, n) =>
        aDocument({ category, description: '\u9fff'.repeat(10_000), language: n % 9 === 0 ? 'de' : 'en' }),
      ).toSorted((a, b) => (a.contentId < b.contentId ? -1 : 1));
      await index.project(documents, aCall());
      await listed(fixture, async () => {
        expect((await index.list({ filter: { category }, limit: 100 }, aCall())).items).toEqual(documents);
        expect((await pagesOf(index, { filter: { category }, limit: 40 })).flat()).toEqual(documents);
        const german = await index.list({ filter: { category, language: 'de' }, limit: 100 }, aCall());
        expect(german.items).toEqual(documents.filter(({ language }) => language === 'de'));
      });
    });

    it('hold documents of both sources that meet every filter', async () => {
      const fixture = await subject();
      const { index } = fixture;
      const category = aDocument().contentId;
      const make = (type: string, language: string) => aContent({ category, type, language });
      const contents = [make('movie', 'en'), make('movie', 'de'), make('clip', 'en'), make('clip', 'en-GB')];
      for (const content of contents) await index.put(content, AT, aCall());
      const program = aDocument({ category, type: 'movie', language: 'en' });
      await index.project([program], aCall());
      const ids = async (filter: DocumentListQuery['filter']) =>
        (await pagesOf(index, { filter, limit: 2 })).flat().map(({ contentId }) => contentId);
      const [movieEn, movieDe, clipEn] = contents.map(({ contentId }) => contentId);
      await listed(fixture, async () => {
        expect(await ids({ category })).toHaveLength(5);
        expect(new Set(await ids({ category, language: 'en' }))).toEqual(
          new Set([movieEn, clipEn, program.contentId]),
        );
        expect(new Set(await ids({ category, contentType: 'movie' }))).toEqual(
          new Set([movieEn, movieDe, program.contentId]),
        );
        expect(await ids({ category, contentType: 'movie', language: 'de' })).toEqual([movieDe]);
        expect(await ids({ category, contentType: 'live' })).toEqual([]);
      });
    });

    it('of one content type or one language hold what has it', async () => {
      const fixture = await subject();
      const { index } = fixture;
      const type = `t${aDocument().contentId.slice(5, 13)}`;
      const language = `x-${aDocument().contentId.slice(5, 13)}`;
      const [typed, spoken, both] = [
        aDocument({ type }),
        aDocument({ language }),
        aDocument({ type, language }),
      ];
      await index.project([typed, spoken, both], aCall());
      const ids = async (filter: DocumentListQuery['filter']) =>
        (await index.list({ filter, limit: 9 }, aCall())).items.map(({ contentId }) => contentId);
      await listed(fixture, async () => {
        expect(await ids({ contentType: type })).toEqual([typed.contentId, both.contentId].toSorted());
        expect(await ids({ language })).toEqual([spoken.contentId, both.contentId].toSorted());
        expect(await ids({ contentType: type, language })).toEqual([both.contentId]);
      });
    });

    it('follow every write, at once unless declared otherwise', async () => {
      const fixture = await subject();
      const { index } = fixture;
      const [before, after] = [aDocument().contentId, aDocument().contentId];
      const document = aDocument({ category: before });
      const expectIds = (category: string, ids: readonly string[]) =>
        listed(fixture, async () => {
          const { items } = await index.list({ filter: { category }, limit: 9 }, aCall());
          expect(items.map(({ contentId }) => contentId)).toEqual(ids);
        });
      await index.project([document], aCall());
      await expectIds(before, [document.contentId]);
      await index.project([{ ...document, category: after, version: 2 }], aCall());
      await expectIds(before, []);
      await expectIds(after, [document.contentId]);
      await index.unproject([{ contentId: document.contentId, version: 3, source: 'program' }], aCall());
      await expectIds(after, []);
    });

    it('go on after an id that is gone, and pass over what came before it', async () => {
      const fixture = await subject();
      const { index } = fixture;
      const category = aDocument().contentId;
      const ids = ['a', 'c', 'e', 'g'].map((name) => `${name}-${category}`);
      const project = (contentIds: readonly string[]) =>
        index.project(
          contentIds.map((contentId) => aDocument({ contentId, category })),
          aCall(),
        );
      await project(ids);
      await listed(fixture, async () => {
        const first = await index.list({ filter: { category }, limit: 2 }, aCall());
        expect(first.next).toEqual([ids[1]]);
      });
      await index.unproject([{ contentId: ids[1] ?? '', version: 2, source: 'program' }], aCall());
      await project([`b-${category}`, `d-${category}`]);
      await listed(fixture, async () => {
        const rest = await index.list({ filter: { category }, limit: 9, after: ids[1] ?? '' }, aCall());
        expect(rest.items.map(({ contentId }) => contentId)).toEqual([`d-${category}`, ids[2], ids[3]]);
        expect(rest.next).toBeUndefined();
      });
    });
  });
}

async function pagesOf(index: SearchIndex, query: DocumentListQuery): Promise<(readonly SearchDocument[])[]> {
  const page = await index.list(query, aCall());
  if (page.next === undefined) return [page.items];
  const rest = await pagesOf(index, { ...query, after: String(page.next[0]) });
  return [page.items, ...rest];
}
