import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { asCreated, moment, stored } from './fixture.ts';

const HOSTILE = [
  `it's "quoted" \\ and \\\\ and \\u0000 and '; drop table programs; --`,
  '{"a",b,NULL} (1,2) $1 :name ? %s {{x}} #{x}',
  '\u{1F3AC}\u{10FFFF} \u202Eright to left\u202C e\u0301 \uFFFE\uFEFF',
  '  spaces kept  ',
  'null',
  'NULL',
  '<script>alert(1)</script>',
];

export function textContract(subject: CatalogSubject): void {
  describe('text', () => {
    it.each(HOSTILE)('%j comes back as it was', async (text) => {
      const { catalog } = await subject();
      const draft = aDraft({
        title: text,
        description: `${text}\n\t\r${text}`,
        category: text,
        tags: [text, `${text}${text}`, '', ','],
        thumbnailUrl: text,
        metadata: {
          [text]: text,
          nested: { list: [text, null, true, 0.1, -1e-7, 5e-324, Number.MAX_SAFE_INTEGER] },
        },
      });
      const bulk = { ...draft, programId: aDraft().programId };
      expect(await stored(catalog, draft, moment(1))).toEqual(asCreated(draft, moment(1)));
      expect(await catalog.putMany([bulk], moment(1), aCall())).toEqual(['created']);
      expect(await catalog.get(bulk.programId, aCall())).toEqual(asCreated(bulk, moment(1)));
      for (const filter of [{ category: text }, { tag: text }]) {
        const { items } = await catalog.query({ filter, sort: 'title', limit: 5 }, aCall());
        expect(items).toHaveLength(2);
      }
      expect(await catalog.putMany([draft, bulk], moment(2), aCall())).toEqual(['unchanged', 'unchanged']);
    });

    it('the longest values fit in every order', async () => {
      const { catalog } = await subject();
      const wide = '\u9FFF';
      const draft = aDraft({
        programId: 'z'.repeat(100),
        title: wide.repeat(500),
        description: wide.repeat(10_000),
        category: wide.repeat(64),
        tags: Array.from({ length: 50 }, (_, index) => String(index).padEnd(64, wide)),
        thumbnailUrl: `https://example.org/${'x'.repeat(2_028)}`,
        metadata: { text: 'm'.repeat(16_000) },
        viewCount: Number.MAX_SAFE_INTEGER,
        popularityScore: 1e12,
      });
      expect(await stored(catalog, draft, moment(1))).toEqual(asCreated(draft, moment(1)));
      const { items } = await catalog.query(
        { filter: { category: draft.category }, sort: 'title', limit: 5 },
        aCall(),
      );
      expect(items).toEqual([asCreated(draft, moment(1))]);
    });

    it('an unknown id is just not there, however it is spelt', async () => {
      const { catalog } = await subject();
      for (const id of HOSTILE) expect(await catalog.get(id, aCall())).toBeUndefined();
    });

    it.each(['0001-01-01', '0099-12-31', '1582-10-10', '1970-01-01', '2024-02-29', '9999-12-31'])(
      'the release date %s stays the same day',
      async (releaseDate) => {
        const { catalog } = await subject();
        const { programId } = await stored(catalog, aDraft({ releaseDate }));
        expect(await catalog.get(programId, aCall())).toMatchObject({ releaseDate });
      },
    );
  });
}
