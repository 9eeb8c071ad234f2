import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { aRanking, HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { RankedListsSubject } from './fixture.ts';

const TTL = 600_000;

export function slicesContract(subject: RankedListsSubject): void {
  describe('slices', () => {
    it('are cut from the list as it was saved, by every instance', async () => {
      const { lists, elsewhere } = await subject();
      const entries = aRanking(1_000);
      const listId = await lists.save(entries, { of: 'popular' }, TTL, aCall());
      for (const [offset, limit] of [
        [0, 1],
        [0, 50],
        [50, 50],
        [990, 50],
        [999, 1],
        [0, 1_000],
      ] as const) {
        const slice = await elsewhere.slice(listId, offset, limit, aCall());
        expect(slice).toEqual({
          entries: entries.slice(offset, offset + limit),
          size: 1_000,
          meta: { of: 'popular' },
        });
      }
    });

    it('put together are the list, without repeats or gaps', async () => {
      const { lists } = await subject();
      const entries = aRanking(101);
      const listId = await lists.save(entries, {}, TTL, aCall());
      const pages = [0, 25, 50, 75, 100].map((offset) => lists.slice(listId, offset, 25, aCall()));
      const slices = await Promise.all(pages);
      expect(slices.flatMap((slice) => slice?.entries ?? [])).toEqual(entries);
    });

    it('past the end are empty and still tell the size', async () => {
      const { lists } = await subject();
      const listId = await lists.save(aRanking(3), { total: 3 }, TTL, aCall());
      for (const offset of [3, 4, 1_000_000]) {
        const slice = await lists.slice(listId, offset, 10, aCall());
        expect(slice).toEqual({ entries: [], size: 3, meta: { total: 3 } });
      }
    });

    it('of an empty list are empty', async () => {
      const { lists } = await subject();
      const listId = await lists.save([], { total: 0 }, TTL, aCall());
      expect(await lists.slice(listId, 0, 10, aCall())).toEqual({ entries: [], size: 0, meta: { total: 0 } });
    });

    it('keep ties in the order given and scores to the last bit', async () => {
      const { lists } = await subject();
      const scores = [1e308, 3, 3, 3, 0.1 + 0.2, Number.MIN_VALUE, 0, -1.5];
      const entries = scores.map((score, n) => ({ id: `${n % 3}-${n}`, score }));
      const listId = await lists.save(entries, {}, TTL, aCall());
      expect((await lists.slice(listId, 0, 100, aCall()))?.entries).toEqual(entries);
    });

    it.each(HOSTILE_TEXTS)('keep ids and what belongs to the list as they were: %j', async (text) => {
      const { lists } = await subject();
      const meta = { [text]: text, nested: { list: [1, null, true, { [text]: [text] }] }, none: null };
      const entries = [
        { id: text, score: 1 },
        { id: `${text},${text}`, score: 0 },
      ];
      const listId = await lists.save(entries, meta, TTL, aCall());
      expect(await lists.slice(listId, 0, 10, aCall())).toEqual({ entries, size: 2, meta });
    });

    it('of an unknown list are undefined, of whatever form its id is', async () => {
      const { lists } = await subject();
      const saved = await lists.save(aRanking(1), {}, TTL, aCall());
      const unknown = [randomUUID(), '', 'not a uuid', '0', saved.toUpperCase(), `{${saved}}`, `${saved} `];
      for (const listId of [...unknown, ...HOSTILE_TEXTS, '\u0000', '\ud800', 'x'.repeat(100_000)]) {
        expect(await lists.slice(listId, 0, 10, aCall())).toBeUndefined();
      }
    });

    it('belong to their own list when 100 callers save and read at once', async () => {
      const { lists, elsewhere } = await subject();
      const roundTrips = Array.from({ length: 100 }, async (_, n) => {
        const entries = [{ id: `only-${n}`, score: n }];
        const listId = await lists.save(entries, { n }, TTL, aCall());
        expect(await elsewhere.slice(listId, 0, 5, aCall())).toEqual({ entries, size: 1, meta: { n } });
        return listId;
      });
      expect(new Set(await Promise.all(roundTrips)).size).toBe(100);
    });

    it('are not changed by what callers do to their objects', async () => {
      const { lists } = await subject();
      const entries = [{ id: 'a', score: 1 }];
      const meta = { facets: { category: ['kept'] } };
      const listId = await lists.save(entries, meta, TTL, aCall());
      entries.push({ id: 'b', score: 0 });
      meta.facets.category.push('added');
      const got = await lists.slice(listId, 0, 5, aCall());
      Array.prototype.push.call(got?.entries ?? [], { id: 'c', score: 0 });
      Object.assign(got?.meta ?? {}, { facets: 'changed' });
      expect(await lists.slice(listId, 0, 5, aCall())).toEqual({
        entries: [{ id: 'a', score: 1 }],
        size: 1,
        meta: { facets: { category: ['kept'] } },
      });
    });

    it('are not given when the caller has gone', async () => {
      const { lists } = await subject();
      const call = anAbortedCall();
      await expect(lists.save(aRanking(1), {}, TTL, call)).rejects.toBe(call.reason);
      await expect(lists.slice(randomUUID(), 0, 1, call)).rejects.toBe(call.reason);
    });
  });
}
