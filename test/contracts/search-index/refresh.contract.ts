import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import { aDocument, aPutDocument } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';

const REFRESH = { refresh: true };

export function refreshContract(subject: SearchIndexSubject): void {
  describe.each([
    ['program', aDocument],
    ['document', aPutDocument],
  ] as const)('a refresh of what is of source %s', (source, make) => {
    it('writes the very same version again, over a document and over a removal', async () => {
      const { index } = await subject();
      const [changed, removed] = [make({ version: 4 }), make({ version: 4 })];
      await index.project([changed], aCall());
      await index.unproject([{ contentId: removed.contentId, version: 4, source }], aCall());
      const right = [changed, removed].map((document) => ({ ...document, title: 'as it should be' }));
      await index.project(right, aCall(), REFRESH);
      expect(new Set(await index.getMany([changed.contentId, removed.contentId], aCall()))).toEqual(
        new Set(right),
      );
    });

    it('removes also what is there in the version of the removal', async () => {
      const { index } = await subject();
      const document = make({ version: 4 });
      const removal = { contentId: document.contentId, version: 4, source };
      await index.project([document], aCall());
      await index.unproject([removal], aCall(), { refresh: false });
      expect(await index.get(document.contentId, aCall())).toEqual(document);
      await index.unproject([removal], aCall(), REFRESH);
      expect(await index.states([document.contentId], aCall())).toEqual([{ removed: true, removal }]);
    });

    it('changes nothing that is newer, and writes what is older or missing', async () => {
      const { index } = await subject();
      const [newer, older, missing] = [make({ version: 5 }), make({ version: 3 }), make({ version: 4 })];
      await index.project([newer, older], aCall());
      const next = make({ contentId: older.contentId, version: 4 });
      await index.project(
        [make({ contentId: newer.contentId, version: 4 }), next, missing],
        aCall(),
        REFRESH,
      );
      await index.unproject([{ contentId: newer.contentId, version: 4, source }], aCall(), REFRESH);
      const ids = [newer, older, missing].map(({ contentId }) => contentId);
      expect(new Set(await index.getMany(ids, aCall()))).toEqual(new Set([newer, next, missing]));
    });
  });

  describe('a refresh', () => {
    it('takes one source for no other, though the versions are the same', async () => {
      const { index } = await subject();
      const document = aDocument({ version: 4 });
      const { contentId } = document;
      await index.project([document], aCall());
      await index.project([aPutDocument({ contentId, version: 4 })], aCall(), REFRESH);
      await index.unproject([{ contentId, version: 4, source: 'document' }], aCall(), REFRESH);
      expect(await index.get(contentId, aCall())).toEqual(document);
    });

    it('of nothing does nothing', async () => {
      const { index } = await subject();
      await expect(index.project([], aCall(), REFRESH)).resolves.toBeUndefined();
      await expect(index.unproject([], aCall(), REFRESH)).resolves.toBeUndefined();
    });
  });
}
