import { describe, expect, it } from 'vitest';
import type { DocumentState } from '../../../src/ports/search-index.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { aContent, aDocument, aPutDocument, HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { SearchIndexSubject } from './fixture.ts';

const AT = new Date('2026-02-03T04:05:06.789Z');

/** Sets of hundreds would be compared each with each. */
function inOrder(states: readonly DocumentState[]): readonly DocumentState[] {
  const idOf = (state: DocumentState) => (state.removed ? state.removal : state.document).contentId;
  return states.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

export function statesContract(subject: SearchIndexSubject): void {
  describe('states', () => {
    it('say what each id stands for, removals with version and source', async () => {
      const { index } = await subject();
      const [program, copy, gone, content] = [aDocument(), aPutDocument(), aDocument(), aContent()];
      await index.project([program, copy, gone], aCall());
      const removal = { contentId: gone.contentId, version: 8, source: 'program' } as const;
      await index.unproject([removal], aCall());
      await index.put(content, AT, aCall());
      await index.delete(content.contentId, aCall());
      const ids = [program, copy, gone, content].map(({ contentId }) => contentId);
      expect(new Set(await index.states(ids, aCall()))).toEqual(
        new Set([
          { removed: false, document: program },
          { removed: false, document: copy },
          { removed: true, removal },
          { removed: true, removal: { contentId: content.contentId, version: 2, source: 'document' } },
        ]),
      );
    });

    it('come once for an id asked for twice, and not for one never written', async () => {
      const { index } = await subject();
      const document = aDocument();
      await index.project([document], aCall());
      const ids = [document.contentId, aDocument().contentId, document.contentId];
      expect(await index.states(ids, aCall())).toEqual([{ removed: false, document }]);
      expect(await index.states([], aCall())).toEqual([]);
    });

    it('may be many, under hostile ids too', async () => {
      const { index } = await subject();
      const plain = Array.from({ length: 230 }, () => aDocument());
      const hostile = HOSTILE_TEXTS.map((text) =>
        aDocument({ contentId: `${aDocument().contentId}${text}` }),
      );
      const documents = [...plain, ...hostile];
      await index.project(documents, aCall());
      const found = await index.states(
        documents.map(({ contentId }) => contentId),
        aCall(),
      );
      expect(inOrder(found)).toEqual(inOrder(documents.map((document) => ({ removed: false, document }))));
    });

    it('are not changed by what callers do to their objects', async () => {
      const { index } = await subject();
      const document = aDocument({ tags: ['kept'] });
      await index.project([document], aCall());
      const [state] = await index.states([document.contentId], aCall());
      if (state?.removed === false) Array.prototype.push.call(state.document.tags, 'added to the answer');
      expect(await index.states([document.contentId], aCall())).toEqual([{ removed: false, document }]);
    });

    it('reject with the reason when the caller has gone', async () => {
      const { index } = await subject();
      const call = anAbortedCall();
      await expect(index.states(['any'], call)).rejects.toBe(call.reason);
    });
  });
}
