import { describe, expect, it } from 'vitest';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ANY, markedVersions, moment, stored } from './fixture.ts';

export function viewContract(subject: CatalogSubject): void {
  describe('addViews', () => {
    it('adds what the source has counted since it last told', async () => {
      const { catalog } = await subject();
      const before = await stored(catalog, aDraft({ viewCount: 100 }), moment(1));
      const { programId } = before;
      await catalog.addViews('activity', [{ programId, total: 5 }], moment(2), aCall());
      expect(await catalog.get(programId, aCall())).toEqual({
        ...before,
        viewCount: 105,
        version: 2,
        updatedAt: moment(2),
      });
      await catalog.addViews('activity', [{ programId, total: 12 }], moment(3), aCall());
      expect(await catalog.get(programId, aCall())).toMatchObject({ viewCount: 112, version: 3 });
    });

    it('adds nothing for a repeat, an older total or none', async () => {
      const { catalog, outbox } = await subject();
      const { programId } = await stored(catalog, aDraft());
      await catalog.addViews('activity', [{ programId, total: 5 }], moment(2), aCall());
      const after = await catalog.get(programId, aCall());
      const marks = await outbox.claim('documents', 10, 60_000, aCall());
      for (const total of [5, 4, 0])
        await catalog.addViews('activity', [{ programId, total }], moment(3), aCall());
      await catalog.addViews('activity', [], moment(3), aCall());
      expect(await catalog.get(programId, aCall())).toEqual(after);
      expect(marks).toHaveLength(1);
      expect(await markedVersions(outbox)).toEqual({});
    });

    it('counts each source by itself', async () => {
      const { catalog } = await subject();
      const { programId } = await stored(catalog, aDraft());
      await catalog.addViews('a', [{ programId, total: 5 }], moment(2), aCall());
      await catalog.addViews('b', [{ programId, total: 3 }], moment(2), aCall());
      expect(await catalog.get(programId, aCall())).toMatchObject({ viewCount: 8, version: 3 });
    });

    it('passes over programs that are not there, and adds all their views once they are', async () => {
      const { catalog, outbox } = await subject();
      const [there, missing, gone] = [aDraft(), aDraft(), aDraft()];
      await stored(catalog, there);
      await stored(catalog, gone);
      await catalog.delete(gone.programId, ANY, moment(1), aCall());
      const totals = [there, missing, gone].map(({ programId }) => ({ programId, total: 4 }));
      await catalog.addViews('activity', [...totals, { programId: anId(), total: 1 }], moment(2), aCall());
      expect(await catalog.get(there.programId, aCall())).toMatchObject({ viewCount: 4, version: 2 });
      expect(await markedVersions(outbox)).toEqual({ [there.programId]: 2, [gone.programId]: 2 });

      await catalog.putMany([missing, gone], moment(3), aCall());
      await catalog.addViews('activity', totals, moment(4), aCall());
      for (const { programId } of [there, missing, gone]) {
        expect(await catalog.get(programId, aCall())).toMatchObject({ viewCount: 4 });
      }
    });

    it('takes the highest of several totals of a program, as one change', async () => {
      const { catalog } = await subject();
      const { programId } = await stored(catalog, aDraft());
      const totals = [3, 9, 5].map((total) => ({ programId, total }));
      await catalog.addViews('activity', totals, moment(2), aCall());
      expect(await catalog.get(programId, aCall())).toMatchObject({ viewCount: 9, version: 2 });
    });

    it('stops at the largest whole number that is exact', async () => {
      const { catalog } = await subject();
      const { programId } = await stored(catalog, aDraft({ viewCount: Number.MAX_SAFE_INTEGER - 1 }));
      await catalog.addViews('activity', [{ programId, total: Number.MAX_SAFE_INTEGER }], moment(2), aCall());
      expect(await catalog.get(programId, aCall())).toMatchObject({ viewCount: Number.MAX_SAFE_INTEGER });
    });

    it('is not undone by a draft that leaves the count out', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      await stored(catalog, draft);
      await catalog.addViews('activity', [{ programId: draft.programId, total: 5 }], moment(2), aCall());
      await catalog.putMany([{ ...draft, title: 'Edited' }], moment(3), aCall());
      expect(await catalog.get(draft.programId, aCall())).toMatchObject({ viewCount: 5, version: 3 });
    });
  });
}
