import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchIndex } from '../../../src/ports/search-index.ts';
import { aCall } from '../../support/call.ts';
import { aDocument, HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';
import { listed } from './fixture.ts';

export function projectionsContract(subject: SearchIndexSubject): void {
  describe('documents made of programs', () => {
    it('come back as they were projected', async () => {
      const { index } = await subject();
      const documents = [
        aDocument({ popularityScore: 0.1 + 0.2, version: Number.MAX_SAFE_INTEGER }),
        aDocument({ popularityScore: 1e12, releaseDate: null, tags: [], description: '' }),
        aDocument({ popularityScore: Number.MIN_VALUE }),
        aDocument({ releaseDate: '0001-01-01', description: 'two\nlines\twith a tab' }),
        ...HOSTILE_TEXTS.map((text) => aDocument({ title: text, description: text, tags: [text] })),
      ];
      await index.project(documents, aCall());
      for (const document of documents)
        expect(await index.get(document.contentId, aCall())).toEqual(document);
    });

    it('give way to newer ones only', async () => {
      const { index } = await subject();
      const { contentId } = aDocument();
      const at = (version: number) => aDocument({ contentId, version, title: `version ${version}` });
      await index.project([at(5)], aCall());
      await index.project([at(4)], aCall());
      await index.project([{ ...at(5), title: 'a repeat' }], aCall());
      expect(await index.get(contentId, aCall())).toEqual(at(5));
      await index.project([at(7)], aCall());
      expect(await index.get(contentId, aCall())).toEqual(at(7));
    });

    it('are removed by a newer removal only', async () => {
      const { index } = await subject();
      const document = aDocument({ version: 5 });
      const { contentId } = document;
      await index.project([document], aCall());
      await index.unproject([{ contentId, version: 4, source: 'program' }], aCall());
      await index.unproject([{ contentId, version: 5, source: 'program' }], aCall());
      expect(await index.get(contentId, aCall())).toEqual(document);
      await index.unproject([{ contentId, version: 6, source: 'program' }], aCall());
      expect(await index.get(contentId, aCall())).toBeUndefined();
    });

    it('stay removed when an older projection comes late, and return with a newer one', async () => {
      const { index } = await subject();
      const { contentId } = aDocument();
      await index.project([aDocument({ contentId, version: 1 })], aCall());
      await index.unproject([{ contentId, version: 3, source: 'program' }], aCall());
      for (const version of [2, 3]) await index.project([aDocument({ contentId, version })], aCall());
      expect(await index.get(contentId, aCall())).toBeUndefined();
      await index.project([aDocument({ contentId, version: 4 })], aCall());
      expect(await index.get(contentId, aCall())).toMatchObject({ version: 4 });
    });

    it('stay away when the removal came before the first projection', async () => {
      const { index } = await subject();
      const { contentId } = aDocument();
      await index.unproject([{ contentId, version: 2, source: 'program' }], aCall());
      await index.project([aDocument({ contentId, version: 1 })], aCall());
      expect(await index.get(contentId, aCall())).toBeUndefined();
    });

    it('are judged each for itself in one batch', async () => {
      const { index } = await subject();
      const [older, newer, fresh] = [aDocument({ version: 9 }), aDocument({ version: 1 }), aDocument()];
      await index.project([older, newer], aCall());
      const next = aDocument({ contentId: newer.contentId, version: 2 });
      await index.project([aDocument({ contentId: older.contentId, version: 8 }), next, fresh], aCall());
      const stored = await index.getMany([older.contentId, newer.contentId, fresh.contentId], aCall());
      expect(new Set(stored)).toEqual(new Set([older, next, fresh]));
    });

    it('may be none', async () => {
      const { index } = await subject();
      await expect(index.project([], aCall())).resolves.toBeUndefined();
      await expect(index.unproject([], aCall())).resolves.toBeUndefined();
    });

    it('may be many more than one statement takes', async () => {
      const fixture = await subject();
      const { index } = fixture;
      const category = aDocument().contentId;
      const documents = Array.from({ length: 1_201 }, () => aDocument({ category }));
      await index.project(documents, aCall());
      const ids = documents.map(({ contentId }) => contentId);
      expect(await index.getMany(ids, aCall())).toHaveLength(1_201);
      await index.unproject(
        ids.map((contentId) => ({ contentId, version: 2, source: 'program' as const })),
        aCall(),
      );
      await listed(fixture, async () => {
        expect(await index.list({ filter: { category }, limit: 10 }, aCall())).toEqual({
          items: [],
          next: undefined,
        });
      });
    }, 60_000);

    it('end at the newest change in whatever order and however often changes arrive', async () => {
      const { index } = await subject();
      const order = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(order, async (versions) => {
          const { contentId } = aDocument();
          for (const version of versions) await change(index, contentId, version);
          const newest = Math.max(...versions);
          const stored = await index.get(contentId, aCall());
          expect(stored?.version).toBe(newest % 3 === 0 ? undefined : newest);
        }),
        { numRuns: 40 },
      );
    });

    it('end at the newest change when 200 batches of the same ids are written at once', async () => {
      const { index } = await subject();
      const ids = Array.from({ length: 10 }, () => aDocument().contentId);
      const batches = Array.from({ length: 200 }, (_, n) => {
        const version = n + 1;
        const batch = n % 2 === 0 ? ids : ids.toReversed();
        return index.project(
          batch.map((contentId) => aDocument({ contentId, version, title: `version ${version}` })),
          aCall(),
        );
      });
      await Promise.all(batches);
      const stored = await index.getMany(ids, aCall());
      expect(stored.map(({ title }) => title)).toEqual(ids.map(() => 'version 200'));
    });
  });
}

/** Each third version of the made-up program is its deletion. */
async function change(index: SearchIndex, contentId: string, version: number): Promise<void> {
  if (version % 3 === 0) await index.unproject([{ contentId, version, source: 'program' }], aCall());
  else await index.project([aDocument({ contentId, version })], aCall());
}
