import { describe, expect, it } from 'vitest';
import type { ProgramDraft } from '../../../src/domain/program/program.ts';
import type { ProgramFilter } from '../../../src/domain/program/program-query.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { CatalogSubject } from './fixture.ts';
import { moment } from './fixture.ts';

const DRAFTS: Readonly<Record<string, Partial<ProgramDraft>>> = {
  a: { category: 'drama', language: 'en', contentType: 'movie', tags: ['x', 'y'], releaseDate: '2000-01-01' },
  b: { category: 'drama', language: 'fr', contentType: 'series', tags: ['y'], releaseDate: '2000-12-31' },
  c: { category: 'Drama', language: 'en', contentType: 'movie', tags: ['X'], releaseDate: '1999-12-31' },
  d: { category: 'news', language: 'pt-BR', contentType: 'live', tags: [], releaseDate: null },
  e: { category: 'news', language: 'en', contentType: 'live', tags: ['x'], releaseDate: '0001-01-01' },
  f: { category: 'news', language: 'en', contentType: 'clip', tags: ['x y'], releaseDate: '9999-12-31' },
};

const FILTERS: readonly (readonly [ProgramFilter, string])[] = [
  [{}, 'abcdef'],
  [{ category: 'drama' }, 'ab'],
  [{ category: 'opera' }, ''],
  [{ language: 'en' }, 'acef'],
  [{ contentType: 'live' }, 'de'],
  [{ tag: 'x' }, 'ae'],
  [{ tag: 'x y' }, 'f'],
  [{ tag: '{x}' }, ''],
  [{ category: 'news', language: 'en', contentType: 'live', tag: 'x' }, 'e'],
  [{ releasedAfter: '2000-01-01' }, 'abf'],
  [{ releasedBefore: '2000-01-01' }, 'ace'],
  [{ releasedAfter: '1999-12-31', releasedBefore: '2000-12-30' }, 'ac'],
  [{ releasedAfter: '2000-01-01', releasedBefore: '1999-12-31' }, ''],
  [{ releasedAfter: '0001-01-01' }, 'abcef'],
  [{ category: 'news', releasedBefore: '9999-12-31' }, 'ef'],
];

export function queryContract(subject: CatalogSubject): void {
  describe('filters', () => {
    it.each(FILTERS.map(([filter, ids]) => [JSON.stringify(filter), filter, ids] as const))(
      '%s',
      async (_name, filter, ids) => {
        const { catalog } = await subject();
        const drafts = Object.entries(DRAFTS).map(([programId, fields]) => aDraft({ ...fields, programId }));
        await catalog.putMany(drafts, moment(1), aCall());
        const order = { filter, sort: 'title', limit: 10 } as const;
        const page = await catalog.query(order, aCall());
        expect(page.items.map((program) => program.programId).join('')).toBe(ids);
        expect(page.next).toBeUndefined();
        expect((await catalog.top({ ...order, idLimit: 10 }, aCall())).programIds.join('')).toBe(ids);
      },
    );

    it('an empty catalogue has an empty page', async () => {
      const { catalog } = await subject();
      const page = await catalog.query({ filter: {}, sort: '-viewCount', limit: 10 }, aCall());
      expect(page).toEqual({ items: [], next: undefined });
    });
  });
}
