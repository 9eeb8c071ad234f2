import { describe, expect, it } from 'vitest';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { aContent, aDocument, HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';

const AT = new Date('2026-02-03T04:05:06.789Z');

export function readsContract(subject: SearchIndexSubject): void {
  describe('look-ups by id', () => {
    it('give nothing for what is not there', async () => {
      const { index } = await subject();
      expect(await index.get(aDocument().contentId, aCall())).toBeUndefined();
      expect(await index.getMany([aDocument().contentId], aCall())).toEqual([]);
      expect(await index.getMany([], aCall())).toEqual([]);
    });

    it('tell ids apart to the character, hostile ones too', async () => {
      const { index } = await subject();
      const ids = [
        ...HOSTILE_TEXTS.map((text) => `${aDocument().contentId}${text}`),
        'Aa',
        'aA',
        'aa',
        '\u00e9',
        'e\u0301',
      ];
      await index.project(
        ids.map((contentId) => aDocument({ contentId, title: `of ${contentId}` })),
        aCall(),
      );
      for (const contentId of ids) {
        expect(await index.get(contentId, aCall())).toMatchObject({ title: `of ${contentId}` });
      }
    });

    it('give those of many that exist, each once', async () => {
      const { index } = await subject();
      const [program, content, removed] = [aDocument(), aContent(), aDocument()];
      await index.project([program, removed], aCall());
      await index.unproject([{ contentId: removed.contentId, version: 2, source: 'program' }], aCall());
      await index.put(content, AT, aCall());
      const asked = [content, program, removed, aDocument(), program].map(({ contentId }) => contentId);
      const found = await index.getMany(asked, aCall());
      expect(found.map(({ contentId }) => contentId).toSorted()).toEqual(
        [program.contentId, content.contentId].toSorted(),
      );
    });

    it('are not changed by what callers do to their objects', async () => {
      const { index } = await subject();
      const given = { ...aDocument(), tags: ['kept'], indexedAt: new Date(AT) };
      await index.project([given], aCall());
      given.tags.push('added later');
      given.indexedAt.setFullYear(1970);
      const got = await index.get(given.contentId, aCall());
      Array.prototype.push.call(got?.tags ?? [], 'added to the answer');
      got?.indexedAt.setFullYear(1970);
      const again = await index.get(given.contentId, aCall());
      expect(again).toMatchObject({ tags: ['kept'], indexedAt: AT });
    });

    it('reject with the reason when the caller has gone', async () => {
      const { index } = await subject();
      const call = anAbortedCall();
      await expect(index.get('any', call)).rejects.toBe(call.reason);
      await expect(index.getMany(['any'], call)).rejects.toBe(call.reason);
      await expect(index.list({ filter: { category: 'any' }, limit: 1 }, call)).rejects.toBe(call.reason);
    });
  });
}
