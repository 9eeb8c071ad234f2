import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ANY, asCreated, markedVersions, moment, stored } from './fixture.ts';

export function bulkContract(subject: CatalogSubject): void {
  describe('putMany', () => {
    it('answers in the order of the drafts what became of each', async () => {
      const { catalog } = await subject();
      const [fresh, same, changed, deleted] = [aDraft(), aDraft(), aDraft(), aDraft()];
      for (const draft of [same, changed, deleted]) await stored(catalog, draft, moment(1));
      await catalog.delete(deleted.programId, ANY, moment(2), aCall());

      const drafts = [changed, deleted, fresh, same].map((draft) =>
        draft === changed ? { ...draft, title: 'Changed' } : draft,
      );
      expect(await catalog.putMany(drafts, moment(3), aCall())).toEqual([
        'updated',
        'created',
        'created',
        'unchanged',
      ]);
      expect(await catalog.get(changed.programId, aCall())).toMatchObject({
        title: 'Changed',
        version: 2,
        createdAt: moment(1),
        updatedAt: moment(3),
      });
      expect(await catalog.get(deleted.programId, aCall())).toMatchObject({
        version: 3,
        createdAt: moment(3),
      });
      expect(await catalog.get(fresh.programId, aCall())).toEqual(asCreated(fresh, moment(3)));
      expect(await catalog.get(same.programId, aCall())).toEqual(asCreated(same, moment(1)));
    });

    it('keeps the measures that one draft leaves out and takes those that another gives', async () => {
      const { catalog } = await subject();
      const [kept, given] = [aDraft(), aDraft()];
      for (const draft of [kept, given])
        await stored(catalog, { ...draft, viewCount: 5, popularityScore: 6 });
      const drafts = [
        { ...kept, title: 'Kept' },
        { ...given, viewCount: 0, popularityScore: 0.5 },
      ];
      expect(await catalog.putMany(drafts, moment(3), aCall())).toEqual(['updated', 'updated']);
      expect(await catalog.get(kept.programId, aCall())).toMatchObject({ viewCount: 5, popularityScore: 6 });
      expect(await catalog.get(given.programId, aCall())).toMatchObject({
        viewCount: 0,
        popularityScore: 0.5,
      });
    });

    it('does nothing with an empty list', async () => {
      const { catalog, outbox } = await subject();
      expect(await catalog.putMany([], moment(1), aCall())).toEqual([]);
      expect(await outbox.depth('documents', aCall())).toEqual({ pending: 0, parked: 0, oldestAgeMs: 0 });
    });

    it('writes a thousand at once, and a repeat changes nothing', async () => {
      const { catalog } = await subject();
      const drafts = Array.from({ length: 1_000 }, (_, index) =>
        aDraft({ title: `Film ${index}`, viewCount: index }),
      );
      const outcomes = await catalog.putMany(drafts, moment(1), aCall());
      expect(new Set(outcomes)).toEqual(new Set(['created']));
      expect(outcomes).toHaveLength(1_000);
      const programs = await catalog.getMany(
        drafts.map((draft) => draft.programId),
        aCall(),
      );
      expect(new Map(programs.map((program) => [program.programId, program]))).toEqual(
        new Map(drafts.map((draft) => [draft.programId, asCreated(draft, moment(1))])),
      );
      expect(new Set(await catalog.putMany(drafts, moment(2), aCall()))).toEqual(new Set(['unchanged']));
    });

    it('writes nothing when an id comes twice', async () => {
      const { catalog, outbox } = await subject();
      const [first, twice] = [aDraft(), aDraft()];
      const drafts = [first, twice, { ...twice, title: 'Again' }];
      await expect(catalog.putMany(drafts, moment(1), aCall())).rejects.toThrow();
      expect(await catalog.getMany([first.programId, twice.programId], aCall())).toEqual([]);
      expect(await markedVersions(outbox)).toEqual({});
    });
  });
}
