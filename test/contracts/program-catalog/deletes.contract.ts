import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ABSENT, ANY, atVersion, moment, PRESENT, stored } from './fixture.ts';

export function deleteContract(subject: CatalogSubject): void {
  describe('delete', () => {
    it.each([
      ['any', ANY],
      ['present', PRESENT],
      ['the stored version', atVersion(3, 1)],
    ])('%s deletes what is there, once', async (_name, condition) => {
      const { catalog } = await subject();
      const { programId } = await stored(catalog, aDraft());
      expect(await catalog.delete(programId, condition, moment(1), aCall())).toEqual({
        outcome: 'deleted',
        version: 2,
      });
      expect(await catalog.get(programId, aCall())).toBeUndefined();
      expect(await catalog.delete(programId, condition, moment(2), aCall())).toEqual({ outcome: 'absent' });
    });

    it.each([
      ['absent', ABSENT],
      ['another version', atVersion(2)],
    ])('%s is a conflict with what is there', async (_name, condition) => {
      const { catalog } = await subject();
      const current = await stored(catalog, aDraft());
      expect(await catalog.delete(current.programId, condition, moment(1), aCall())).toEqual({
        outcome: 'conflict',
        current,
      });
      expect(await catalog.get(current.programId, aCall())).toEqual(current);
    });

    it.each([
      ['any', ANY],
      ['absent', ABSENT],
      ['present', PRESENT],
      ['version', atVersion(1)],
    ])('what was never there is absent, with the condition %s', async (_name, condition) => {
      const { catalog } = await subject();
      const { programId } = aDraft();
      expect(await catalog.delete(programId, condition, moment(1), aCall())).toEqual({ outcome: 'absent' });
      expect(await catalog.currentStates([programId], aCall())).toEqual([]);
    });

    it('takes the program out of every read', async () => {
      const { catalog } = await subject();
      const [kept, gone] = [aDraft({ category: 'kept' }), aDraft({ category: 'gone' })];
      for (const draft of [kept, gone]) await stored(catalog, draft);
      await catalog.delete(gone.programId, ANY, moment(1), aCall());
      const ids = [kept.programId, gone.programId];
      const order = { filter: {}, sort: 'title', limit: 10 } as const;
      const idsOf = (programs: readonly { programId: string }[]) =>
        programs.map(({ programId }) => programId);
      expect(idsOf(await catalog.getMany(ids, aCall()))).toEqual([kept.programId]);
      expect(idsOf((await catalog.query(order, aCall())).items)).toEqual([kept.programId]);
      expect((await catalog.top({ ...order, idLimit: 10 }, aCall())).programIds).toEqual([kept.programId]);
      expect(idsOf(await catalog.scan(undefined, 10, aCall()))).toEqual([kept.programId]);
      expect(await catalog.categories(aCall())).toEqual([{ category: 'kept', count: 1 }]);
    });
  });
}
