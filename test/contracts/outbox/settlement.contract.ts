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
      await fixture.outbox.settle('documents', marks.slice(0, 1), aCall());
      expect(keysOf(await claim(fixture))).toBe('b');
      await fixture.outbox.settle('documents', marks, aCall());
      await fixture.outbox.settle('documents', marks, aCall());
      await fixture.outbox.settle('documents', [], aCall());
      expect(await fixture.outbox.depth('documents', aCall())).toEqual({
        pending: 0,
        parked: 0,
        oldestAgeMs: 0,
      });
    });

    it('keeps the mark of a key that was written meanwhile, free to be claimed', async () => {
      const fixture = await subject();
      await write(fixture, 'a', 'b');
      const marks = await claim(fixture);
      await write(fixture, 'a');
      await fixture.outbox.settle('documents', marks, aCall());
      expect(await claim(fixture)).toMatchObject([{ key: 'a', version: 2, attempts: 0 }]);
    });

    it('does not touch a newer mark that another holds', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const older = await claim(fixture);
      await write(fixture, 'a');
      const newer = await claim(fixture);
      await fixture.outbox.settle('documents', older, aCall());
      await fixture.outbox.putOff('documents', older, 0, 'too late', aCall());
      expect(await claim(fixture)).toEqual([]);
      await fixture.outbox.settle('documents', newer, aCall());
      expect((await fixture.outbox.depth('documents', aCall())).pending).toBe(0);
    });
  });

  describe('putOff', () => {
    it('gives marks back after the delay, long or short as the lease may be', async () => {
      const fixture = await subject();
      await write(fixture, 'a', 'b', 'c');
      const [a, b] = await claim(fixture, 2, 10_000);
      if (a === undefined || b === undefined) throw new Error('two marks were left');
      await fixture.outbox.putOff('documents', [a], 1_000, `it's "broken"\n\u{1F3AC}`, aCall());
      await fixture.outbox.putOff('documents', [b], 60_000, '', aCall());
      await fixture.outbox.putOff('documents', [], 0, 'none', aCall());
      expect(keysOf(await claim(fixture, 1, 120_000))).toBe('c');
      await fixture.passTime(1_000);
      expect(await claim(fixture, 10, 120_000)).toMatchObject([{ key: 'a', version: 1, attempts: 1 }]);
      await fixture.passTime(10_000);
      expect(await claim(fixture)).toEqual([]);
      await fixture.passTime(50_000);
      expect(await claim(fixture)).toMatchObject([{ key: 'b', version: 1, attempts: 1 }]);
    });

    it('does not give back what another has claimed since', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const first = await claim(fixture, 1, 1_000);
      await fixture.passTime(2_000);
      expect(keysOf(await claim(fixture))).toBe('a');
      await fixture.outbox.putOff('documents', first, 0, 'too late', aCall());
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
      await Promise.all(
        callers.map((order) => fixture.outbox.putOff('documents', order, 0, 'again', aCall())),
      );
      expect(await claim(fixture)).toHaveLength(60);
    });

    it('does not hold back a key that is written meanwhile', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      await fixture.outbox.putOff('documents', await claim(fixture), 60_000, 'broken', aCall());
      await write(fixture, 'a');
      expect(await claim(fixture)).toMatchObject([{ key: 'a', version: 2, attempts: 0 }]);
    });
  });
}
