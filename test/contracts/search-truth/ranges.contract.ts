import { describe, expect, it } from 'vitest';
import { contentIdOf } from '../../../src/domain/search/document-state.ts';
import type { KeyRange } from '../../../src/ports/key-ranges.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { aContent, aDocument } from '../../support/search-builders.ts';
import type { SearchTruthSubject } from './fixture.ts';

const NAMES = ['A', 'B-', 'B.', 'B0', 'BA', 'B_', 'Ba', 'a', 'a\u00e9', '\uff5e', '\u{1f600}'];

export function rangesContract(subject: SearchTruthSubject): void {
  describe('states of a range', () => {
    async function stored() {
      const { truth } = await subject();
      const prefix = `${aDocument().contentId}/`;
      const ids = NAMES.map((name) => `${prefix}${name}`);
      await truth.project(
        ids.toReversed().map((contentId) => aDocument({ contentId })),
        aCall(),
      );
      const idsIn = async (range: KeyRange, limit = 100) =>
        (await truth.scanStates(range, limit, aCall())).map(contentIdOf);
      return { truth, prefix, ids, idsIn };
    }

    it('go by id in code-point order, from after its start to its end with it', async () => {
      const { prefix, ids, idsIn } = await stored();
      const [first = '', second = '', third = ''] = ids;
      const last = ids.at(-1) ?? '';
      expect(await idsIn({ after: prefix, upTo: last })).toEqual(ids);
      expect(await idsIn({ after: first, upTo: third })).toEqual([second, third]);
      expect(await idsIn({ after: third, upTo: third })).toEqual([]);
      expect(await idsIn({ after: third, upTo: first })).toEqual([]);
      expect(await idsIn({ after: prefix, upTo: `${second}\u0001` })).toEqual([first, second]);
    });

    it('are the first of it, so that each page goes on after the last id', async () => {
      const { prefix, ids, idsIn } = await stored();
      const upTo = ids.at(-1) ?? '';
      expect(await idsIn({ after: prefix, upTo }, 4)).toEqual(ids.slice(0, 4));
      expect(await idsIn({ after: ids[3] ?? '', upTo }, 4)).toEqual(ids.slice(4, 8));
      expect(await idsIn({ after: ids[7] ?? '', upTo }, 4)).toEqual(ids.slice(8));
    });

    it('have no bound where none is given', async () => {
      const { truth, ids, idsIn } = await stored();
      const early = `!${aDocument().contentId}`;
      const late = `\u{10ffff}${aDocument().contentId}`;
      await truth.project(
        [early, late].map((contentId) => aDocument({ contentId })),
        aCall(),
      );
      expect((await idsIn({ upTo: early }, 10_000)).at(-1)).toBe(early);
      expect(await idsIn({ after: ids.at(-1) ?? '' }, 10_000)).toContain(late);
      const everything = await idsIn({}, 10_000);
      expect(everything.filter((id) => [early, late, ...ids].includes(id))).toEqual([early, ...ids, late]);
    });

    it('include removals, with version and source', async () => {
      const { truth, prefix, ids } = await stored();
      const [program = '', other] = [ids[0], `${prefix}A1`];
      const removal = { contentId: program, version: 5, source: 'program' } as const;
      await truth.unproject([removal], aCall());
      await truth.put(aContent({ contentId: other }), new Date(0), aCall());
      await truth.delete(other, aCall());
      expect(await truth.scanStates({ after: prefix, upTo: other }, 9, aCall())).toEqual([
        { removed: true, removal },
        { removed: true, removal: { contentId: other, version: 2, source: 'document' } },
      ]);
    });

    it('reject with the reason when the caller has gone', async () => {
      const { truth } = await subject();
      const call = anAbortedCall();
      await expect(truth.scanStates({}, 1, call)).rejects.toBe(call.reason);
      await expect(truth.splitKeys(2, call)).rejects.toBe(call.reason);
    });
  });
}
