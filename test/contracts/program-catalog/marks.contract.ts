import { describe, expect, it } from 'vitest';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { ABSENT, ANY, atVersion, markedVersions, moment, stored } from './fixture.ts';

export function markContract(subject: CatalogSubject): void {
  describe('outbox marks', () => {
    it('every write that changes something leaves the version it made', async () => {
      const { catalog, outbox } = await subject();
      const [put, bulk, gone, viewed] = [aDraft(), aDraft(), aDraft(), aDraft()];
      await stored(catalog, put);
      await catalog.putMany([bulk, gone, viewed], moment(1), aCall());
      await catalog.delete(gone.programId, ANY, moment(2), aCall());
      await catalog.addViews('activity', [{ programId: viewed.programId, total: 1 }], moment(2), aCall());
      expect(await markedVersions(outbox)).toEqual({
        [put.programId]: 1,
        [bulk.programId]: 1,
        [gone.programId]: 2,
        [viewed.programId]: 2,
      });
    });

    it('a write that changes nothing leaves none', async () => {
      const { catalog, outbox } = await subject();
      const draft = aDraft();
      await stored(catalog, draft);
      await outbox.settle('documents', await outbox.claim('documents', 10, 60_000, aCall()), aCall());
      await stored(catalog, draft);
      await catalog.putMany([draft], moment(2), aCall());
      await catalog.put({ ...draft, title: 'No' }, ABSENT, moment(2), aCall());
      await catalog.delete(draft.programId, atVersion(9), moment(2), aCall());
      await catalog.delete(anId(), ANY, moment(2), aCall());
      expect(await outbox.depth('documents', aCall())).toEqual({ pending: 0, parked: 0, oldestAgeMs: 0 });
    });

    it('a later write takes the place of the mark and frees it from its holder', async () => {
      const { catalog, outbox } = await subject();
      const draft = aDraft();
      await stored(catalog, draft);
      const held = await outbox.claim('documents', 10, 60_000, aCall());
      expect(held).toMatchObject([{ key: draft.programId, version: 1, attempts: 0 }]);
      expect(await outbox.claim('documents', 10, 60_000, aCall())).toEqual([]);

      await stored(catalog, { ...draft, title: 'Second' });
      await outbox.settle('documents', held, aCall());
      const next = await outbox.claim('documents', 10, 60_000, aCall());
      expect(next).toMatchObject([{ key: draft.programId, version: 2, attempts: 0 }]);
      await outbox.settle('documents', next, aCall());
      await outbox.settle('documents', held, aCall());
      expect(await outbox.depth('documents', aCall())).toEqual({ pending: 0, parked: 0, oldestAgeMs: 0 });
    });

    it('for the hot copies are left while the migration of programs is not off, as documents are always', async () => {
      const { catalog, outbox, setPhase } = await subject();
      const [before, put, bulk, gone, viewed] = [aDraft(), aDraft(), aDraft(), aDraft(), aDraft()];
      await catalog.putMany([before, gone, viewed], moment(1), aCall());
      expect(await markedVersions(outbox, 'programs')).toEqual({});

      await setPhase('dual-write');
      await stored(catalog, put);
      await setPhase('primary');
      await catalog.putMany([bulk, before], moment(1), aCall());
      await catalog.delete(gone.programId, ANY, moment(2), aCall());
      await setPhase('read-fallback');
      await catalog.addViews('activity', [{ programId: viewed.programId, total: 1 }], moment(2), aCall());
      const marked = {
        [put.programId]: 1,
        [bulk.programId]: 1,
        [gone.programId]: 2,
        [viewed.programId]: 2,
      };
      expect(await markedVersions(outbox, 'programs')).toEqual(marked);
      expect(await markedVersions(outbox)).toEqual({ ...marked, [before.programId]: 1 });

      await setPhase('off');
      await stored(catalog, { ...put, title: 'Not for the copy' });
      expect(await markedVersions(outbox, 'programs')).toEqual(marked);
      expect(await markedVersions(outbox)).toMatchObject({ [put.programId]: 2 });
    });
  });
}
