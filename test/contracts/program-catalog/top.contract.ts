import { describe, expect, it } from 'vitest';
import { PROGRAM_SORTS } from '../../../src/domain/program/program-query.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { moment } from './fixture.ts';

export function topContract(subject: CatalogSubject): void {
  describe('top', () => {
    it.each(PROGRAM_SORTS)('by %s is the first page, and the ids go on from it', async (sort) => {
      const { catalog } = await subject();
      const drafts = Array.from({ length: 40 }, (_, index) =>
        aDraft({
          title: `T${index % 3}`,
          releaseDate: index % 4 === 0 ? null : `2020-01-0${1 + (index % 5)}`,
          popularityScore: index % 7,
          viewCount: index % 6,
          category: index % 2 === 0 ? 'even' : 'odd',
        }),
      );
      await catalog.putMany(drafts, moment(1), aCall());
      for (const filter of [{}, { category: 'odd' }]) {
        const page = await catalog.query({ filter, sort, limit: 100 }, aCall());
        const ids = page.items.map((program) => program.programId);
        const top = await catalog.top({ filter, sort, limit: 5, idLimit: 12 }, aCall());
        expect(top).toEqual({ programs: page.items.slice(0, 5), programIds: ids.slice(0, 12) });
        const all = await catalog.top({ filter, sort, limit: 100, idLimit: 100 }, aCall());
        expect(all).toEqual({ programs: page.items, programIds: ids });
      }
    });

    it('has ids alone when no program is asked for, and nothing in an empty catalogue', async () => {
      const { catalog } = await subject();
      const query = { filter: {}, sort: '-viewCount', limit: 0, idLimit: 3 } as const;
      expect(await catalog.top(query, aCall())).toEqual({ programs: [], programIds: [] });
      const draft = aDraft();
      await catalog.putMany([draft], moment(1), aCall());
      expect(await catalog.top(query, aCall())).toEqual({ programs: [], programIds: [draft.programId] });
    });

    it('follows every change of a score at once', async () => {
      const { catalog } = await subject();
      const drafts = Array.from({ length: 200 }, (_, index) => aDraft({ popularityScore: index }));
      await catalog.putMany(drafts, moment(1), aCall());
      const query = { filter: {}, sort: '-popularityScore', limit: 1, idLimit: 200 } as const;
      for (const [step, draft] of drafts.slice(0, 20).entries()) {
        await catalog.putMany([{ ...draft, popularityScore: 1_000 + step }], moment(2), aCall());
        const top = await catalog.top(query, aCall());
        expect(top.programIds[0]).toBe(draft.programId);
        expect(new Set(top.programIds).size).toBe(200);
      }
    });
  });
}
