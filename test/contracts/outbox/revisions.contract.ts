import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { moment } from '../program-catalog/fixture.ts';
import type { OutboxSubject } from './fixture.ts';
import { claim, claimOne, write } from './fixture.ts';

/** Compare-and-delete on the revision: what was marked again while it was claimed is not settled. */
export function revisionContract(subject: OutboxSubject): void {
  describe('revisions', () => {
    it('stay through claims of the same marking, and are new at every marking', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const first = await claimOne(fixture);
      await fixture.outbox.putOff('documents', [first], 0, 'again', aCall());
      expect((await claimOne(fixture)).revision).toBe(first.revision);
      await write(fixture, 'a');
      const second = await claimOne(fixture);
      await fixture.outbox.mark('documents', [{ key: 'a', version: 2 }], aCall());
      const third = await claimOne(fixture);
      expect(second.version).toBe(third.version);
      expect(new Set([first, second, third].map(({ revision }) => revision)).size).toBe(3);
    });

    it('decide, not versions: a key marked again with the same version keeps its mark', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const held = await claimOne(fixture);
      await fixture.outbox.mark('documents', [{ key: 'a', version: 1 }], aCall());
      await fixture.outbox.settle('documents', [held], aCall());
      expect(await claim(fixture)).toMatchObject([{ key: 'a', version: 1, refresh: true }]);
    });

    it('an older claim that is settled leaves the newer mark to its holder, aged from that older claim', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      await fixture.passTime(100_000);
      const older = await claimOne(fixture);
      await write(fixture, 'a');
      expect((await fixture.outbox.depth('documents', aCall())).oldestAgeMs).toBeGreaterThanOrEqual(100_000);
      const newer = await claimOne(fixture);
      await fixture.outbox.settle('documents', [older], aCall());
      expect(await claim(fixture)).toEqual([]);
      const depth = await fixture.outbox.depth('documents', aCall());
      expect(depth.pending).toBe(1);
      // A server's clock goes on by itself: the bound leaves it 50 s.
      expect(depth.oldestAgeMs).toBeLessThan(50_000);
      await fixture.outbox.settle('documents', [newer], aCall());
      expect(await fixture.outbox.depth('documents', aCall())).toMatchObject({ pending: 0, oldestAgeMs: 0 });
    });

    it('a settlement never makes a mark older, and its place in the line is that of its age', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const [first] = await claim(fixture);
      await fixture.passTime(100_000);
      await write(fixture, 'b', 'a');
      await fixture.passTime(1_000);
      const second = await claim(fixture, 1);
      expect(second).toMatchObject([{ key: 'a' }]);
      await write(fixture, 'a');
      await fixture.outbox.settle('documents', second, aCall());
      if (first === undefined) throw new Error('a mark was left');
      const older = { ...first, claimedAt: new Date(first.claimedAt.getTime() - 200_000) };
      await fixture.outbox.settle('documents', [older], aCall());
      expect((await fixture.outbox.depth('documents', aCall())).oldestAgeMs).toBeLessThan(50_000);
      expect(await claim(fixture, 2)).toMatchObject([{ key: 'b' }, { key: 'a', version: 3 }]);
    });

    it('of a claim are told with its moment', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const first = await claimOne(fixture);
      await write(fixture, 'b');
      const second = await claimOne(fixture);
      expect(first.claimedAt).toBeInstanceOf(Date);
      expect(second.claimedAt.getTime()).toBeGreaterThanOrEqual(first.claimedAt.getTime());
    });
  });

  describe('settling, putting off, parking and repairing beside writing', () => {
    it('loses no mark: what is left at the end is what was written last', async () => {
      const fixture = await subject();
      const drafts = Array.from({ length: 40 }, () => aDraft());
      const settled = new Map<string, number>();
      const relay = async () => {
        const marks = await claim(fixture, 7);
        await fixture.outbox.settle('documents', marks, aCall());
        for (const { key, version } of marks) settled.set(key, Math.max(version, settled.get(key) ?? 0));
        return marks.length;
      };
      const stumble = async (caller: number) => {
        const marks = await claim(fixture, 5);
        if (caller % 2 === 0) await fixture.outbox.putOff('documents', marks.toReversed(), 0, 'no', aCall());
        else await fixture.outbox.park('documents', marks.toReversed(), 'never', aCall());
      };
      const repair = async (caller: number) => {
        const order = caller % 3 === 0 ? drafts.toReversed() : drafts;
        await fixture.outbox.mark(
          'documents',
          order.map(({ programId }) => ({ key: programId, version: 1 })),
          aCall(),
        );
      };
      const rewrite = (caller: number) => {
        const order = caller % 2 === 0 ? drafts : drafts.toReversed();
        const titled = order.map((draft) => ({ ...draft, title: `By ${caller}` }));
        return fixture.catalog.putMany(titled, moment(1), aCall());
      };
      await Promise.all(
        Array.from({ length: 50 }, (_, caller) =>
          Promise.all([rewrite(caller), relay(), stumble(caller), repair(caller)]),
        ),
      );
      await repair(0);
      while ((await relay()) > 0);
      const programs = await fixture.catalog.getMany(
        drafts.map(({ programId }) => programId),
        aCall(),
      );
      expect(settled).toEqual(new Map(programs.map(({ programId, version }) => [programId, version])));
      expect(await fixture.outbox.depth('documents', aCall())).toMatchObject({ pending: 0, parked: 0 });
    });
  });
}
