import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { moment } from '../program-catalog/fixture.ts';
import type { OutboxSubject } from './fixture.ts';
import { claim, claimOne, keysOf, write } from './fixture.ts';

const NASTY = `it's "poison"\n\u{1F3AC} \\`;

export function parkingContract(subject: OutboxSubject): void {
  describe('park', () => {
    it('takes a mark out of circulation and tells it with its reason', async () => {
      const fixture = await subject();
      await write(fixture, 'a', 'b');
      const a = await claimOne(fixture);
      await fixture.outbox.putOff('documents', [a], 0, 'first try', aCall());
      const again = await claimOne(fixture);
      await fixture.outbox.park('documents', [again], NASTY, aCall());
      await fixture.passTime(1_000_000);
      expect(keysOf(await claim(fixture))).toBe('b');
      expect(await fixture.outbox.parked('documents', 10, aCall())).toEqual([
        { key: 'a', version: 1, attempts: 2, reason: NASTY, parkedAt: expect.any(Date) },
      ]);
    });

    it('counts parked marks apart, and their age not at all', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      await fixture.passTime(100_000);
      await write(fixture, 'b');
      await fixture.outbox.park('documents', [await claimOne(fixture)], 'no', aCall());
      const depth = await fixture.outbox.depth('documents', aCall());
      expect(depth).toMatchObject({ pending: 1, parked: 1 });
      expect(depth.oldestAgeMs).toBeLessThan(50_000);
      await fixture.outbox.park('documents', await claim(fixture), 'no', aCall());
      expect(await fixture.outbox.depth('documents', aCall())).toEqual({
        pending: 0,
        parked: 2,
        oldestAgeMs: 0,
      });
    });

    it('lists the first by key, up to the limit, and those of its data set', async () => {
      const fixture = await subject();
      await write(fixture, 'c', 'a', '\u{1F600}', '\uFF5E', 'b');
      expect(await fixture.outbox.parked('documents', 10, aCall())).toEqual([]);
      await fixture.outbox.park('documents', await claim(fixture), 'no', aCall());
      expect(keysOf(await fixture.outbox.parked('documents', 10, aCall()))).toBe('abc\uFF5E\u{1F600}');
      expect(keysOf(await fixture.outbox.parked('documents', 2, aCall()))).toBe('ab');
      expect(await fixture.outbox.parked('programs', 10, aCall())).toEqual([]);
    });

    it.each(['write', 'mark'] as const)('a new %s un-parks it, as a mark without attempts', async (how) => {
      const fixture = await subject();
      await write(fixture, 'a');
      await fixture.outbox.park('documents', await claim(fixture), 'no', aCall());
      if (how === 'write') await write(fixture, 'a');
      else await fixture.outbox.mark('documents', [{ key: 'a', version: 2 }], aCall());
      expect(await fixture.outbox.parked('documents', 10, aCall())).toEqual([]);
      expect(await fixture.outbox.depth('documents', aCall())).toMatchObject({ pending: 1, parked: 0 });
      expect(await claim(fixture)).toMatchObject([{ key: 'a', version: 2, attempts: 0 }]);
    });

    it('parks only the own claim: not what was marked again, claimed by another or parked already', async () => {
      const fixture = await subject();
      await write(fixture, 'a', 'b', 'c');
      const [a, b, c] = await claim(fixture, 3, 1_000);
      if (a === undefined || b === undefined || c === undefined) throw new Error('three marks were left');
      await write(fixture, 'a');
      await fixture.outbox.park('documents', [c], 'first', aCall());
      await fixture.passTime(1_000);
      expect(keysOf(await claim(fixture))).toBe('ab');
      await fixture.outbox.park('documents', [a, b, c], 'too late', aCall());
      await fixture.outbox.putOff('documents', [c], 0, 'too late', aCall());
      await fixture.outbox.park('documents', [], 'none', aCall());
      expect(await fixture.outbox.parked('documents', 10, aCall())).toMatchObject([
        { key: 'c', reason: 'first' },
      ]);
    });

    it('a settlement of a parked mark takes it away', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const mark = await claimOne(fixture);
      await fixture.outbox.park('documents', [mark], 'no', aCall());
      await fixture.outbox.settle('documents', [mark], aCall());
      expect(await fixture.outbox.depth('documents', aCall())).toMatchObject({ pending: 0, parked: 0 });
    });

    it('by 200 callers in any order parks each once', async () => {
      const fixture = await subject();
      await fixture.catalog.putMany(
        Array.from({ length: 40 }, () => aDraft()),
        moment(1),
        aCall(),
      );
      const marks = await claim(fixture);
      await Promise.all(
        Array.from({ length: 200 }, (_, caller) =>
          fixture.outbox.park(
            'documents',
            caller % 2 === 0 ? marks : marks.toReversed(),
            `by ${caller}`,
            aCall(),
          ),
        ),
      );
      const parked = await fixture.outbox.parked('documents', 100, aCall());
      expect(parked.map(({ key }) => key).sort()).toEqual(marks.map(({ key }) => key).sort());
      expect(await fixture.outbox.depth('documents', aCall())).toMatchObject({ pending: 0, parked: 40 });
    });
  });
}
