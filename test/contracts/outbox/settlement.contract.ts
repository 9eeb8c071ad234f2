import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { moment } from '../program-catalog/fixture.ts';
import type { OutboxSubject } from './fixture.ts';
import { claim, keysOf, write } from './fixture.ts';

export function settlementContract(subject: OutboxSubject): void {
  describe('settle', () => {
    it('takes the marks away, also after their lease, also twice', async () => {
      const fixture = await subject();
      await write(fixture, 'a', 'b');
      const marks = await claim(fixture, 2, 1_000);
      await fixture.passTime(2_000);
      await fixture.outbox.settle('search', marks.slice(0, 1), aCall());
      expect(keysOf(await claim(fixture))).toBe('b');
      await fixture.outbox.settle('search', marks, aCall());
      await fixture.outbox.settle('search', marks, aCall());
      await fixture.outbox.settle('search', [], aCall());
      expect(await fixture.outbox.depth('search', aCall())).toEqual({ pending: 0, oldestAgeMs: 0 });
    });

    it('keeps the mark of a key that was written meanwhile, free to be claimed', async () => {
      const fixture = await subject();
      await write(fixture, 'a', 'b');
      const marks = await claim(fixture);
      await write(fixture, 'a');
      await fixture.outbox.settle('search', marks, aCall());
      expect(await claim(fixture)).toEqual([{ key: 'a', version: 2, attempts: 0 }]);
    });

    it('does not touch a newer mark that another holds', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const older = await claim(fixture);
      await write(fixture, 'a');
      const newer = await claim(fixture);
      await fixture.outbox.settle('search', older, aCall());
      await fixture.outbox.putOff('search', older, 0, 'too late', aCall());
      expect(await claim(fixture)).toEqual([]);
      await fixture.outbox.settle('search', newer, aCall());
      expect((await fixture.outbox.depth('search', aCall())).pending).toBe(0);
    });
  });

  describe('putOff', () => {
    it('gives marks back after the delay, long or short as the lease may be', async () => {
      const fixture = await subject();
      await write(fixture, 'a', 'b', 'c');
      const [a, b] = await claim(fixture, 2, 10_000);
      if (a === undefined || b === undefined) throw new Error('two marks were left');
      await fixture.outbox.putOff('search', [a], 1_000, `it's "broken"\n\u{1F3AC}`, aCall());
      await fixture.outbox.putOff('search', [b], 60_000, '', aCall());
      await fixture.outbox.putOff('search', [], 0, 'none', aCall());
      expect(keysOf(await claim(fixture, 1, 120_000))).toBe('c');
      await fixture.passTime(1_000);
      expect(await claim(fixture, 10, 120_000)).toEqual([{ key: 'a', version: 1, attempts: 1 }]);
      await fixture.passTime(10_000);
      expect(await claim(fixture)).toEqual([]);
      await fixture.passTime(50_000);
      expect(await claim(fixture)).toEqual([{ key: 'b', version: 1, attempts: 1 }]);
    });

    it('does not give back what another has claimed since', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const first = await claim(fixture, 1, 1_000);
      await fixture.passTime(2_000);
      expect(keysOf(await claim(fixture))).toBe('a');
      await fixture.outbox.putOff('search', first, 0, 'too late', aCall());
      expect(await claim(fixture)).toEqual([]);
    });

    it('of the same marks by a hundred callers in any order never fails', async () => {
      const fixture = await subject();
      await fixture.catalog.putMany(
        Array.from({ length: 60 }, () => aDraft()),
        moment(1),
        aCall(),
      );
      const marks = await claim(fixture);
      const callers = Array.from({ length: 100 }, (_, caller) =>
        caller % 2 === 0 ? marks : marks.toReversed(),
      );
      await Promise.all(callers.map((order) => fixture.outbox.putOff('search', order, 0, 'again', aCall())));
      expect(await claim(fixture)).toHaveLength(60);
    });

    it('does not hold back a key that is written meanwhile', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      await fixture.outbox.putOff('search', await claim(fixture), 60_000, 'broken', aCall());
      await write(fixture, 'a');
      expect(await claim(fixture)).toEqual([{ key: 'a', version: 2, attempts: 0 }]);
    });
  });

  describe('settling beside writing', () => {
    it('loses no mark: what is left at the end is what was written last', async () => {
      const fixture = await subject();
      const drafts = Array.from({ length: 40 }, () => aDraft());
      const settled = new Map<string, number>();
      const relay = async () => {
        const marks = await claim(fixture, 7);
        await fixture.outbox.settle('search', marks, aCall());
        for (const { key, version } of marks) settled.set(key, Math.max(version, settled.get(key) ?? 0));
        return marks.length;
      };
      const rewrite = (caller: number) => {
        const order = caller % 2 === 0 ? drafts : drafts.toReversed();
        const titled = order.map((draft) => ({ ...draft, title: `By ${caller}` }));
        return fixture.catalog.putMany(titled, moment(1), aCall());
      };
      await Promise.all(
        Array.from({ length: 50 }, (_, caller) => Promise.all([rewrite(caller), relay(), relay()])),
      );
      while ((await relay()) > 0);
      const programs = await fixture.catalog.getMany(
        drafts.map(({ programId }) => programId),
        aCall(),
      );
      expect(settled).toEqual(new Map(programs.map(({ programId, version }) => [programId, version])));
      expect((await fixture.outbox.depth('search', aCall())).pending).toBe(0);
    });
  });
}
