import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCard } from '../../../src/domain/program/program-card.ts';
import { compareText } from '../../../src/domain/text.ts';
import type { HotProgramSubject } from './fixture.ts';
import { aName, aProgram, putAll, readCategory, seen } from './fixture.ts';

/** Scores of which many are the same, and sizes of pages that change as a reader goes on. */
const journey = fc.record({
  scores: fc.array(fc.constantFrom(0, 0.5, 1, 1, 2, 1e6), { maxLength: 40 }),
  limits: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
});

export function pagingContract(subject: HotProgramSubject): void {
  describe('pages of a category', () => {
    it('put together are the category, whatever their sizes', async () => {
      const fixture = await subject();
      await fc.assert(
        fc.asyncProperty(journey, async ({ scores, limits }) => {
          const category = aName();
          const programs = scores.map((popularityScore) => aProgram({ category, popularityScore }));
          await putAll(fixture.store, programs);
          const expected = programs
            .toSorted(
              (a, b) => b.popularityScore - a.popularityScore || compareText(a.programId, b.programId),
            )
            .map(toCard);
          await seen(fixture, async () => {
            let page = 0;
            const nextLimit = () => limits[page++ % limits.length] ?? 1;
            expect(await readCategory(fixture.store, category, nextLimit)).toEqual(expected);
          });
        }),
        { numRuns: 15 },
      );
    }, 60_000);
  });
}
