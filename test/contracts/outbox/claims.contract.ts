import { describe, expect, it } from 'vitest';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { moment } from '../program-catalog/fixture.ts';
import type { OutboxSubject } from './fixture.ts';
import { claim, keysOf, write } from './fixture.ts';

export function claimContract(subject: OutboxSubject): void {
  describe('claim', () => {
    it('takes the oldest first, up to the limit, and each once', async () => {
      const fixture = await subject();
      expect(await claim(fixture)).toEqual([]);
      await write(fixture, 'd', 'b', 'c', 'a', 'b');
      expect(await claim(fixture, 3)).toMatchObject([
        { key: 'd', version: 1, attempts: 0 },
        { key: 'b', version: 2, attempts: 0 },
        { key: 'c', version: 1, attempts: 0 },
      ]);
      expect(keysOf(await claim(fixture, 3))).toBe('a');
      expect(await claim(fixture, 3)).toEqual([]);
    });

    it('is free again when its lease ends, and counts how often it was claimed', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      for (const attempts of [0, 1, 2]) {
        expect(await claim(fixture, 1, 10_000)).toMatchObject([{ key: 'a', version: 1, attempts }]);
        await fixture.passTime(5_000);
        expect(await claim(fixture)).toEqual([]);
        await fixture.passTime(5_000);
      }
    });

    it('gives a hundred callers at once different marks', async () => {
      const fixture = await subject();
      const drafts = Array.from({ length: 500 }, () => aDraft());
      await fixture.catalog.putMany(drafts, moment(1), aCall());
      const claims = await Promise.all(Array.from({ length: 100 }, () => claim(fixture, 10)));
      const keys = claims.flat().map((mark) => mark.key);
      expect(new Set(keys).size).toBe(keys.length);
      const rest = await claim(fixture, 500);
      expect(new Set([...keys, ...rest.map((mark) => mark.key)])).toEqual(
        new Set(drafts.map((draft) => draft.programId)),
      );
      expect(keys.length + rest.length).toBe(500);
    });

    it('leaves a mark to be claimed while its key is written over and over', async () => {
      const fixture = await subject();
      await write(fixture, 'a');
      await Promise.all(Array.from({ length: 20 }, () => Promise.all([write(fixture, 'a'), claim(fixture)])));
      await write(fixture, 'a');
      expect(await claim(fixture)).toMatchObject([{ key: 'a', version: 22, attempts: 0 }]);
    });
  });
}
