import { describe, expect, it } from 'vitest';
import { contentIdOf } from '../../../src/domain/search/document-state.ts';
import type { DocumentState, SearchIndex } from '../../../src/ports/search-index.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { aDocument, aPutDocument } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';

export function scansContract(subject: SearchIndexSubject): void {
  describe('scans', () => {
    it.each([7, 1000])('meet everything stored, removals too, in pages of %i', async (limit) => {
      const { index } = await subject();
      const documents = [...Array.from({ length: 20 }, () => aDocument()), aPutDocument({ version: 6 })];
      const removals = [
        { contentId: aDocument().contentId, version: 3, source: 'program' as const },
        { contentId: aPutDocument().contentId, version: 4, source: 'document' as const },
      ];
      await index.project(documents, aCall());
      await index.unproject(removals, aCall());
      const pages = await scanned(index, limit);
      expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
      const byId = new Map(pages.flat().map((state) => [contentIdOf(state), state]));
      for (const document of documents)
        expect(byId.get(document.contentId)).toEqual({ removed: false, document });
      for (const removal of removals) expect(byId.get(removal.contentId)).toEqual({ removed: true, removal });
    });

    it('go on where an earlier page ended, whatever was written since', async () => {
      const { index } = await subject();
      const documents = Array.from({ length: 30 }, () => aDocument());
      await index.project(documents, aCall());
      const first = await index.scan(undefined, 10, aCall());
      const [before] = first.states;
      const changed = documents.map((document) => ({ ...document, version: 2 }));
      await index.project([...changed, aDocument()], aCall());
      const rest = (await scanned(index, 10, first.next)).flat();
      const met = new Set([...first.states, ...rest].map(contentIdOf));
      expect(documents.filter(({ contentId }) => !met.has(contentId))).toEqual([]);
      expect(before && rest.map(contentIdOf).includes(contentIdOf(before))).toBe(false);
    });

    it('reject with the reason when the caller has gone', async () => {
      const { index } = await subject();
      const call = anAbortedCall();
      await expect(index.scan(undefined, 1, call)).rejects.toBe(call.reason);
    });
  });
}

async function scanned(
  index: SearchIndex,
  limit: number,
  from?: string,
): Promise<(readonly DocumentState[])[]> {
  const pages: (readonly DocumentState[])[] = [];
  let cursor = from;
  do {
    const page = await index.scan(cursor, limit, aCall());
    pages.push(page.states);
    cursor = page.next;
  } while (cursor !== undefined);
  return pages;
}
