import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import { aContent, aDocument } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';

const AT = new Date('2026-02-03T04:05:06.789Z');
const OWNED = { outcome: 'owned-by-program' };

export function ownershipContract(subject: SearchIndexSubject): void {
  describe('an id that belongs to a program', () => {
    it('is neither written nor deleted by the document calls', async () => {
      const { index } = await subject();
      const document = aDocument();
      await index.project([document], aCall());
      expect(await index.put(aContent({ contentId: document.contentId }), AT, aCall())).toEqual(OWNED);
      expect(await index.delete(document.contentId, aCall())).toEqual(OWNED);
      expect(await index.get(document.contentId, aCall())).toEqual(document);
    });

    it('still belongs to it when the program is removed', async () => {
      const { index } = await subject();
      const { contentId } = aDocument();
      await index.project([aDocument({ contentId })], aCall());
      await index.unproject([{ contentId, version: 2, source: 'program' }], aCall());
      expect(await index.put(aContent({ contentId }), AT, aCall())).toEqual(OWNED);
      expect(await index.get(contentId, aCall())).toBeUndefined();
      expect(await index.delete(contentId, aCall())).toEqual({ outcome: 'absent' });
    });

    it('is taken over from a document, whatever version that had', async () => {
      const { index } = await subject();
      const document = aDocument({ version: 1 });
      const content = aContent({ contentId: document.contentId });
      for (let writes = 0; writes < 5; writes += 1) await index.put(content, AT, aCall());
      await index.project([document], aCall());
      expect(await index.get(document.contentId, aCall())).toEqual(document);
      expect(await index.put(content, AT, aCall())).toEqual(OWNED);
    });

    it('is taken over from a deleted document', async () => {
      const { index } = await subject();
      const document = aDocument();
      await index.put(aContent({ contentId: document.contentId }), AT, aCall());
      await index.delete(document.contentId, aCall());
      await index.project([document], aCall());
      expect(await index.get(document.contentId, aCall())).toEqual(document);
    });

    it('ends the same whether or not a projection came between a document and the removal', async () => {
      const { index } = await subject();
      const [seen, unseen] = [aDocument(), aDocument()];
      for (const { contentId } of [seen, unseen]) await index.put(aContent({ contentId }), AT, aCall());
      await index.project([seen], aCall());
      for (const { contentId } of [seen, unseen]) {
        await index.unproject([{ contentId, version: 2, source: 'program' }], aCall());
        expect(await index.get(contentId, aCall())).toBeUndefined();
        expect(await index.put(aContent({ contentId }), AT, aCall())).toEqual(OWNED);
      }
    });

    it('goes to the program when document calls race with its projection', async () => {
      const { index } = await subject();
      const document = aDocument();
      const content = aContent({ contentId: document.contentId });
      const documentCalls = Array.from({ length: 200 }, (_, n) =>
        n % 3 === 0 ? index.delete(content.contentId, aCall()) : index.put(content, AT, aCall()),
      );
      await Promise.all([...documentCalls, index.project([document], aCall())]);
      expect(await index.get(document.contentId, aCall())).toEqual(document);
      expect(await index.delete(document.contentId, aCall())).toEqual(OWNED);
    });
  });
}
