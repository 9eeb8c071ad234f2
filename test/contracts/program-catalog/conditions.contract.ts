import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ABSENT, ANY, asCreated, atVersion, moment, PRESENT, stored } from './fixture.ts';

export function conditionContract(subject: CatalogSubject): void {
  describe('conditions of a put', () => {
    it.each([
      ['any', ANY],
      ['absent', ABSENT],
    ])('%s creates what is not there', async (_name, condition) => {
      const { catalog } = await subject();
      const draft = aDraft();
      const outcome = await catalog.put(draft, condition, moment(1), aCall());
      expect(outcome).toEqual({ outcome: 'created', program: asCreated(draft, moment(1)) });
      expect(await catalog.get(draft.programId, aCall())).toEqual(asCreated(draft, moment(1)));
    });

    it.each([
      ['present', PRESENT],
      ['version', atVersion(1, 2)],
      ['no version at all', atVersion()],
    ])('%s is a conflict where nothing is there', async (_name, condition) => {
      const { catalog } = await subject();
      const draft = aDraft();
      const outcome = await catalog.put(draft, condition, moment(1), aCall());
      expect(outcome).toEqual({ outcome: 'conflict', current: undefined });
      expect(await catalog.get(draft.programId, aCall())).toBeUndefined();
      expect(await catalog.currentStates([draft.programId], aCall())).toEqual([]);
    });

    it.each([
      ['any', ANY],
      ['present', PRESENT],
      ['the stored version', atVersion(1)],
      ['several versions with the stored one among them', atVersion(7, 1, 2 ** 60)],
    ])('%s replaces what is there', async (_name, condition) => {
      const { catalog } = await subject();
      const before = await stored(catalog, aDraft(), moment(1));
      const draft = aDraft({ programId: before.programId, title: 'Another title', tags: [], metadata: {} });
      const outcome = await catalog.put(draft, condition, moment(2), aCall());
      const expected = { ...asCreated(draft, moment(2)), version: 2, createdAt: moment(1) };
      expect(outcome).toEqual({ outcome: 'updated', program: expected });
      expect(await catalog.get(draft.programId, aCall())).toEqual(expected);
    });

    it.each([
      ['absent', ABSENT],
      ['another version', atVersion(2)],
      ['no version at all', atVersion()],
      ['numbers that are no version', atVersion(1.5, -1, 2 ** 64, Number.NaN)],
    ])('%s is a conflict with what is there, also for an equal draft', async (_name, condition) => {
      const { catalog } = await subject();
      const draft = aDraft();
      const current = await stored(catalog, draft, moment(1));
      const changed = { ...draft, title: 'Another title' };
      expect(await catalog.put(changed, condition, moment(2), aCall())).toEqual({
        outcome: 'conflict',
        current,
      });
      expect(await catalog.put(draft, condition, moment(2), aCall())).toEqual({
        outcome: 'conflict',
        current,
      });
      expect(await catalog.get(draft.programId, aCall())).toEqual(current);
    });

    it('a version that has been passed does not hold any more', async () => {
      const { catalog } = await subject();
      const draft = aDraft();
      await stored(catalog, draft);
      const current = await stored(catalog, { ...draft, title: 'Second' });
      const outcome = await catalog.put({ ...draft, title: 'Third' }, atVersion(1), moment(3), aCall());
      expect(outcome).toEqual({ outcome: 'conflict', current });
    });
  });
}
