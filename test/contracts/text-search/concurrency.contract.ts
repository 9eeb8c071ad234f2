import { describe, expect, it } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { TextSearchSubject } from './fixture.ts';
import { search, titled } from './fixture.ts';

export function concurrencyContract(subject: TextSearchSubject): void {
  describe('many callers', () => {
    it('search whole documents while they are being indexed', async () => {
      const fixture = await subject();
      const stable = Array.from({ length: 20 }, (_, index) => titled(`Harbour ${index}`));
      await fixture.textSearch.index(stable, aCall());
      const indexing = Array.from({ length: 10 }, (_, batch) =>
        fixture.textSearch.index(
          Array.from({ length: 50 }, (_, index) => titled(`Mountain ${batch} ${index}`)),
          aCall(),
        ),
      );
      const results = await Promise.all(
        Array.from({ length: 100 }, () => search(fixture, 'harbour', { facets: ['language'] })),
      );
      await Promise.all(indexing);
      for (const { hits, total, facets } of results) {
        expect([hits.length, total, facets.language]).toEqual([20, 20, [{ value: 'en', count: 20 }]]);
      }
      expect((await search(fixture, 'mountain')).total).toBe(500);
    });

    it('index the same documents in any order, and the newest stays', async () => {
      const fixture = await subject();
      const ids = Array.from({ length: 20 }, (_, index) => `same-${index}`);
      const batch = (version: number) =>
        ids.map((contentId) => titled(`Edition v${version}`, { contentId, version }));
      const versions = Array.from({ length: 30 }, (_, index) => index + 1);
      await Promise.all(
        versions.map((version) =>
          fixture.textSearch.index(version % 2 === 0 ? batch(version) : batch(version).toReversed(), aCall()),
        ),
      );
      expect((await search(fixture, 'edition')).total).toBe(20);
      expect((await search(fixture, 'v30')).total).toBe(20);
    });
  });
}
