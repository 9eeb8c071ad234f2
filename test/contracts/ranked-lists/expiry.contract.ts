import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import { aRanking } from '../../support/search-builders.ts';
import type { RankedListsSubject } from './fixture.ts';

const MINUTE = 60_000;

export function expiryContract(subject: RankedListsSubject): void {
  describe('a list', () => {
    it('is there until its time is over, then unknown', async () => {
      const { lists, advance } = await subject();
      const listId = await lists.save(aRanking(2), {}, 10 * MINUTE, aCall());
      await advance(9 * MINUTE);
      expect((await lists.slice(listId, 0, 9, aCall()))?.size).toBe(2);
      await advance(2 * MINUTE);
      expect(await lists.slice(listId, 0, 9, aCall())).toBeUndefined();
    });

    it('is not kept longer by being read', async () => {
      const { lists, advance } = await subject();
      const listId = await lists.save(aRanking(2), {}, 10 * MINUTE, aCall());
      for (let minute = 0; minute < 9; minute += 1) {
        await advance(MINUTE);
        await lists.slice(listId, 0, 9, aCall());
      }
      await advance(2 * MINUTE);
      expect(await lists.slice(listId, 0, 9, aCall())).toBeUndefined();
    });

    it('has a time of its own, whatever comes and goes beside it', async () => {
      const { lists, advance } = await subject();
      const save = (ttlMs: number) => lists.save(aRanking(2), { ttlMs }, ttlMs, aCall());
      const long = await save(60 * MINUTE);
      const short = await Promise.all(Array.from({ length: 100 }, () => save(MINUTE)));
      await advance(2 * MINUTE);
      for (let saves = 0; saves < 10; saves += 1) await save(MINUTE);
      const slices = await Promise.all(short.map((listId) => lists.slice(listId, 0, 1, aCall())));
      expect(slices.every((slice) => slice === undefined)).toBe(true);
      expect(await lists.slice(long, 0, 9, aCall())).toMatchObject({ size: 2, meta: { ttlMs: 60 * MINUTE } });
    });
  });
}
