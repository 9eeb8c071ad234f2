import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { OutboxSubject } from './fixture.ts';
import { claim, claimOne, keysOf, write } from './fixture.ts';

/** `mark`: keys are to be written again although nothing changed. */
export function repairContract(subject: OutboxSubject): void {
  describe('mark', () => {
    it('marks keys with refresh, known or not, in one data set', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      const keys = [
        { key: 'ghost \u{1F47B}', version: 7 },
        { key: 'a', version: 1 },
      ];
      await fixture.outbox.mark('documents', keys, aCall());
      await fixture.outbox.mark('documents', [], aCall());
      const marks = await claim(fixture);
      expect(Object.fromEntries(marks.map(({ key, version, refresh }) => [key, [version, refresh]]))).toEqual(
        {
          'ghost \u{1F47B}': [7, true],
          a: [1, true],
        },
      );
      expect(await fixture.outbox.claim('programs', 10, 60_000, aCall())).toEqual([]);
    });

    it('frees a mark from its holder, keeps its age and the higher version', async () => {
      const fixture = await subject();
      await write(fixture, 'a', 'a');
      await fixture.passTime(100_000);
      await write(fixture, 'b');
      await fixture.outbox.putOff('documents', [await claimOne(fixture)], 50_000, 'no', aCall());
      await fixture.outbox.mark('documents', [{ key: 'a', version: 1 }], aCall());
      expect(await claim(fixture, 1)).toMatchObject([{ key: 'a', version: 2, attempts: 0, refresh: true }]);
      await fixture.outbox.mark('documents', [{ key: 'a', version: 5 }], aCall());
      expect(await claim(fixture, 1)).toMatchObject([{ key: 'a', version: 5, attempts: 0, refresh: true }]);
    });

    it('of a key that is written afterwards keeps refresh until it is settled', async () => {
      const fixture = await subject();
      await fixture.outbox.mark('documents', [{ key: 'a', version: 1 }], aCall());
      await write(fixture, 'a', 'a');
      const mark = await claimOne(fixture);
      expect(mark).toMatchObject({ key: 'a', version: 2, refresh: true });
      await fixture.outbox.settle('documents', [mark], aCall());
      await write(fixture, 'a');
      expect(await claim(fixture)).toMatchObject([{ key: 'a', version: 3, refresh: false }]);
    });

    it('by 200 callers with keys in common leaves one mark for each key, and the highest version', async () => {
      const fixture = await subject();
      const keys = ['c', 'a', 'd', 'b'];
      await Promise.all(
        Array.from({ length: 200 }, (_, caller) => {
          const marked = keys.map((key) => ({ key, version: caller + 1 }));
          return fixture.outbox.mark('documents', caller % 2 === 0 ? marked : marked.toReversed(), aCall());
        }),
      );
      const marks = await claim(fixture);
      expect([...keysOf(marks)].sort().join('')).toBe('abcd');
      expect(marks.map(({ version }) => version)).toEqual([200, 200, 200, 200]);
    });
  });
}
