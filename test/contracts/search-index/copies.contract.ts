import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchDocument } from '../../../src/domain/search/document.ts';
import type { SourcedVersion } from '../../../src/domain/search/freshness.ts';
import { isNewer } from '../../../src/domain/search/freshness.ts';
import type { DocumentState, SearchIndex } from '../../../src/ports/search-index.ts';
import { aCall } from '../../support/call.ts';
import { aContent, aDocument, aPutDocument } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';

const AT = new Date('2026-02-03T04:05:06.789Z');

export function copiesContract(subject: SearchIndexSubject): void {
  describe('copies of documents that are no programs', () => {
    it('come back as they were projected, and are listed', async () => {
      const { index } = await subject();
      const document = aPutDocument({ version: 7, category: aDocument().contentId });
      await index.project([document], aCall());
      expect(await index.get(document.contentId, aCall())).toEqual(document);
      const { items } = await index.list({ filter: { category: document.category }, limit: 9 }, aCall());
      expect(items).toEqual([document]);
    });

    it('give way to newer ones only, removals among them', async () => {
      const { index } = await subject();
      const { contentId } = aPutDocument();
      const at = (version: number) => aPutDocument({ contentId, version, title: `version ${version}` });
      const removal = (version: number) => ({ contentId, version, source: 'document' as const });
      await index.project([at(5)], aCall());
      await index.project([at(4)], aCall());
      await index.project([{ ...at(5), title: 'a repeat' }], aCall());
      await index.unproject([removal(5)], aCall());
      expect(await index.get(contentId, aCall())).toEqual(at(5));
      await index.unproject([removal(6)], aCall());
      await index.project([at(6)], aCall());
      expect(await index.get(contentId, aCall())).toBeUndefined();
      await index.project([at(7)], aCall());
      expect(await index.get(contentId, aCall())).toEqual(at(7));
    });

    it('never stand for an id of a program, removed or not, whatever their version', async () => {
      const { index } = await subject();
      const [kept, removed] = [aDocument(), aDocument()];
      await index.project([kept, removed], aCall());
      await index.unproject([{ contentId: removed.contentId, version: 2, source: 'program' }], aCall());
      for (const { contentId } of [kept, removed]) {
        await index.project([aPutDocument({ contentId, version: 99 })], aCall());
        await index.unproject([{ contentId, version: 100, source: 'document' }], aCall());
      }
      expect(await index.get(kept.contentId, aCall())).toEqual(kept);
      expect(await index.states([removed.contentId], aCall())).toEqual([
        { removed: true, removal: { contentId: removed.contentId, version: 2, source: 'program' } },
      ]);
    });

    it('belong to the document calls, which go on from their version', async () => {
      const { index } = await subject();
      const [kept, removed] = [aPutDocument({ version: 3 }), aPutDocument({ version: 3 })];
      await index.project([kept, removed], aCall());
      await index.unproject([{ contentId: removed.contentId, version: 4, source: 'document' }], aCall());
      const put = ({ contentId }: SearchDocument) => index.put(aContent({ contentId }), AT, aCall());
      expect(await put(kept)).toMatchObject({ outcome: 'updated', document: { version: 4 } });
      expect(await put(removed)).toMatchObject({ outcome: 'created', document: { version: 5 } });
      expect(await index.delete(kept.contentId, aCall())).toEqual({ outcome: 'deleted', version: 5 });
    });

    it('of both sources and their removals are judged each for itself in one batch', async () => {
      const { index } = await subject();
      const [program, document, gone] = [aDocument(), aPutDocument({ version: 2 }), aPutDocument()];
      await index.project([aPutDocument({ contentId: program.contentId, version: 9 }), document], aCall());
      const older = aPutDocument({ contentId: document.contentId, version: 1 });
      await index.project([program, older, gone], aCall());
      await index.unproject(
        [
          { contentId: gone.contentId, version: 2, source: 'document' },
          { contentId: document.contentId, version: 2, source: 'document' },
        ],
        aCall(),
      );
      const stored = await index.getMany([program, document, gone].map(idOf), aCall());
      expect(new Set(stored)).toEqual(new Set([program, document]));
    });

    it('end at the newest change in whatever order and however often changes arrive', async () => {
      const { index } = await subject();
      await fc.assert(
        fc.asyncProperty(fc.array(aChange, { minLength: 1, maxLength: 20 }), async (changes) => {
          const { contentId } = aDocument();
          for (const change of changes) await apply(index, contentId, change);
          const newest = changes.reduce((best, change) => (isNewer(change, best) ? change : best));
          expect(await index.states([contentId], aCall())).toEqual([stateAfter(contentId, newest)]);
        }),
        { numRuns: 40 },
      );
    });

    it('end at the newest change when changes of both sources arrive at once', async () => {
      const { index } = await subject();
      const { contentId } = aDocument();
      const changes = Array.from({ length: 100 }, (_, n): SourcedVersion => {
        return { source: n % 3 === 0 ? 'program' : 'document', version: n + 1 };
      });
      await Promise.all(changes.map((change) => apply(index, contentId, change)));
      const newest = { source: 'program', version: 100 } as const;
      expect(await index.states([contentId], aCall())).toEqual([stateAfter(contentId, newest)]);
    });
  });
}

const aChange: fc.Arbitrary<SourcedVersion> = fc.record({
  source: fc.constantFrom('program', 'document'),
  version: fc.integer({ min: 1, max: 6 }),
});

/** Each third version of a source is a removal. */
function stateAfter(contentId: string, { source, version }: SourcedVersion): DocumentState {
  if (version % 3 === 0) return { removed: true, removal: { contentId, version, source } };
  const make = source === 'program' ? aDocument : aPutDocument;
  return { removed: false, document: make({ contentId, version, title: `${source} ${version}` }) };
}

async function apply(index: SearchIndex, contentId: string, change: SourcedVersion): Promise<void> {
  const state = stateAfter(contentId, change);
  if (state.removed) await index.unproject([state.removal], aCall());
  else await index.project([state.document], aCall());
}

function idOf({ contentId }: SearchDocument): string {
  return contentId;
}
